/// What a training is for.
public enum LearnedTask: String, Codable, CaseIterable, Sendable {
  /// To tell images apart.
  case classification
  /// To find objects.
  case detection
  /// To tell what people do.
  case action
}

extension TrainingConfiguration {
  /// What it is for. Setting it to another one asks for the published protocol of that.
  public var task: LearnedTask {
    get { detection != nil ? .detection : actions != nil ? .action : .classification }
    set {
      guard newValue != task else { return }
      detection = newValue == .detection ? .pascal : nil
      actions = newValue == .action ? .pascal : nil
    }
  }
}
