import ArgumentParser

struct FeaturesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "features", abstract: "Export features of images, or import those of another program.",
    subcommands: [
      FeaturesExportCommand.self, FeaturesImportCommand.self, FeaturesListCommand.self, FeaturesRemoveCommand.self, FeaturesRestoreCommand.self,
      FeaturesTrashCommand.self,
    ], defaultSubcommand: FeaturesExportCommand.self)
}
