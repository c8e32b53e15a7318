import FoundationEssentials
import Glibc
import Synchronization

/// Where everything that the program keeps is stored: `datasets/ label-sets/ runs/ features/ studies/ queue/ packed/ made/ screens/ cache/`.
public struct Home: Sendable, Equatable {
  public let path: String

  /// `explicit` (the option `--home`), else `$IMAGENET_TUI_HOME`, else `$XDG_DATA_HOME/imagenet-tui`, else
  /// `~/.local/share/imagenet-tui`. Nothing is created until something is stored.
  public init(explicit: String? = nil, environment: [String: String] = ProcessInfo.processInfo.environment) {
    func nonEmpty(_ key: String) -> String? { environment[key].flatMap { $0.isEmpty ? nil : $0 } }
    let chosen =
      explicit ?? nonEmpty("IMAGENET_TUI_HOME") ?? nonEmpty("XDG_DATA_HOME").map { $0 + "/imagenet-tui" }
      ?? (nonEmpty("HOME") ?? "/tmp") + "/.local/share/imagenet-tui"
    let path = chosen.hasPrefix("/") ? chosen : FileManager.default.currentDirectoryPath + "/" + chosen
    self.path = path
    Self.known.withLock { _ = $0.insert(path) }
  }

  /// Every home of this process, to tell what lies in one.
  private static let known = Mutex<Set<String>>([])

  /// Whether a path lies in a home that this process uses.
  static func holds(_ path: String) -> Bool {
    known.withLock { $0.contains { path == $0 || path.hasPrefix($0 + "/") } }
  }

  public var datasets: String { path + "/datasets" }
  public var labelSets: String { path + "/label-sets" }
  public var runs: String { path + "/runs" }
  /// Study files with their reports, and what measures gave.
  public var studies: String { path + "/studies" }
  /// Features that other programs computed.
  public var features: String { path + "/features" }
  /// Which runs wait for their turn.
  package var queue: String { path + "/queue" }
  /// Datasets that were packed without naming another place.
  public var packed: String { path + "/packed" }
  /// Datasets whose images the program made.
  public var made: String { path + "/made" }
  /// What can be computed again: features, thumbnails.
  public var cache: String { path + "/cache" }
  /// What a run's frozen backbone makes of its images, until the run is finished.
  /// What a run's detector has found, by step and set.
  package func detections(of run: String) -> String { cache + "/detections/" + run }
  package func backboneFeatures(of run: String) -> String { cache + "/trunks/" + run }
}
