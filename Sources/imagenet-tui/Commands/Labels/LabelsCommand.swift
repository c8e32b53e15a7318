import ArgumentParser

/// `labels …`: make, keep and compare label sets.
struct LabelsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "labels", abstract: "Make label sets from the tree, and list, show and compare saved ones.",
    subcommands: [
      LabelsBottomUpCommand.self, LabelsTopDownCommand.self, LabelsSplitCommand.self, LabelsWithoutCommand.self,
      LabelsCutCommand.self, LabelsSampleCommand.self, LabelsListCommand.self, LabelsShowCommand.self,
      LabelsDiffCommand.self, LabelsTagCommand.self, LabelsRenameCommand.self, LabelsCopyCommand.self,
      LabelsRemoveCommand.self, LabelsRestoreCommand.self, LabelsCollageCommand.self, LabelsImportCommand.self, LabelsExportCommand.self,
    ])
}
