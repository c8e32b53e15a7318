/// A quantity that a run records at its steps; the raw value is its tag in the event files.
public enum RunMetric: String, CaseIterable, Sendable, Codable {
  /// Mean cross-entropy of a batch, in nats.
  case trainLoss = "train/loss"
  /// The learning rate.
  case rate = "train/rate"
  case imagesPerSecond = "train/images_per_second"
  /// The share of a step's time spent waiting for images, 0…1.
  case stall = "train/stall"
  /// Mean cross-entropy over the validation images, in nats.
  case validationLoss = "val/loss"
  /// Shares of the validation images, 0…1.
  case top1 = "val/top1"
  case top5 = "val/top5"
  /// Top-1 averaged over the classes, 0…1.
  case meanClass = "val/mean_class"
}
