/// What became of a file's tensors, one line each.
public struct WeightReport: Codable, Equatable, Sendable {
  public struct Line: Codable, Equatable, Sendable {
    /// The tensor's name here; nil where it was left.
    public var name: String?
    /// Its name in the file.
    public var file: String
    /// Its shape in the file.
    public var shape: [Int]
    /// How it was reordered, or why it was left; nil where it went over as it was.
    public var remark: String?
  }

  public var network: String
  public var format: WeightFormat
  public var classes: Int
  public var lines: [Line]
  /// What else there is to know, one sentence each.
  public var remarks: [String]

  public var converted: Int { lines.count { $0.name != nil && $0.remark != nil } }
  public var matched: Int { lines.count { $0.name != nil } }
  public var left: Int { lines.count { $0.name == nil } }
}
