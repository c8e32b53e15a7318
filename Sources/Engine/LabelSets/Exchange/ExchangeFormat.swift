/// The files that label sets are taken from and given away as.
public enum ExchangeFormat: String, Sendable, CaseIterable, Codable {
  /// Our own, which holds everything (``LabelSetFile``).
  case json
  /// Caffe's `synset_words.txt`: a class a line, its number that of the line.
  case synsetWords = "synset-words"
  /// Caffe's lists of images, `path number`, of the training and of the validation images.
  case caffeTrain = "caffe-train"
  case caffeVal = "caffe-val"
  /// A fine class a line: its wnid and name, and the number, wnid and name of its class; the last three are empty where it is
  /// left out.
  case csv

  /// How files of this kind mostly end.
  public var fileExtension: String {
    switch self {
    case .json: "json"
    case .csv: "csv"
    case .synsetWords, .caffeTrain, .caffeVal: "txt"
    }
  }

  /// In a few words, for people.
  public var summary: String {
    switch self {
    case .json: "everything, with recipe and hash"
    case .synsetWords: "one class per line, like Caffe's synset_words.txt"
    case .caffeTrain: "training images with their class numbers"
    case .caffeVal: "validation images with their class numbers"
    case .csv: "one fine class per line, with its class"
    }
  }
}
