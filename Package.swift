// swift-tools-version: 6.1
import PackageDescription

/// A target of the engine, in its folder.
func engine(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, path: "Sources/Engine/\(name)")
}

let engineTargets: [Target.Dependency] = [
  "Basics", "Taxonomy", "Kernels", "Files", "Settings", "Networks", "Weights", "Datasets", "Pictures", "Training", "Runs",
  "LabelSets", "Analysis", "Studies",
]

let package = Package(
  name: "imagenet-tui",
  products: [
    .executable(name: "imagenet-tui", targets: ["imagenet-tui"]),
    .library(
      name: "Engine",
      targets: [
        "Basics", "Taxonomy", "Kernels", "Files", "Settings", "Networks", "Weights", "Datasets", "Pictures", "Training", "Runs",
        "LabelSets", "Analysis", "Studies",
      ]),
    // For the benchmarks, which time products alone.
    .library(name: "CKernels", targets: ["CKernels", "COpenBLAS"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    // One C library each: a header, and a shim where Swift cannot call the library as it is.
    .target(
      name: "CNcurses",
      linkerSettings: [.linkedLibrary("ncursesw"), .linkedLibrary("tinfo")]),
    .target(name: "COpenBLAS"),
    // Loops of many vectors; without optimisation they take hundreds of times as long, and the tests of a debug build with them.
    .target(name: "CKernels", cSettings: [.unsafeFlags(["-O2"], .when(configuration: .debug))]),
    .target(
      name: "CImageCodecs",
      linkerSettings: [.linkedLibrary("png"), .linkedLibrary("jpeg"), .linkedLibrary("webp"), .linkedLibrary("webpdemux"), .linkedLibrary("gif")]),
    .target(name: "CZlib", linkerSettings: [.linkedLibrary("z")]),
    .target(name: "CLMDB", linkerSettings: [.linkedLibrary("lmdb")]),
    .target(name: "CExpat", linkerSettings: [.linkedLibrary("expat")]),

    // What is below knows nothing of what is above it; ARCHITECTURE.md says what each is for.
    engine("Basics"),
    .target(name: "Taxonomy", dependencies: ["Basics"]),
    .target(name: "Kernels", dependencies: ["COpenBLAS", "CKernels"]),
    engine("Files", ["Basics", "Kernels", "CZlib"]),
    engine("Settings", ["Basics", "Kernels"]),
    engine("Networks", ["Basics", "Kernels", "Settings"]),
    engine("Weights", ["Basics", "Kernels", "Files", "Settings", "Networks"]),
    engine("Datasets", ["Basics", "Taxonomy", "Kernels", "Files", "Settings", "CImageCodecs", "CLMDB", "CZlib", "CExpat"]),
    engine("Pictures", ["Basics", "Datasets", "Files"]),
    engine("Training", ["Basics", "Taxonomy", "Kernels", "Files", "Settings", "Networks", "Datasets"]),
    engine("Runs", ["Basics", "Taxonomy", "Kernels", "Files", "Settings", "Networks", "Weights", "Datasets", "Training"]),
    engine("LabelSets", ["Basics", "Taxonomy", "Kernels", "Files", "Datasets", "Pictures", "Training", "Runs"]),
    engine("Analysis", ["Basics", "Taxonomy", "Kernels", "Files", "Networks", "Datasets", "Pictures", "Training", "Runs", "LabelSets"]),
    .target(
      name: "Studies",
      dependencies: [
        "Basics", "Taxonomy", "Kernels", "Files", "Settings", "Networks", "Weights", "Datasets", "Pictures", "Training", "Runs", "LabelSets",
        "Analysis", .product(name: "Yams", package: "Yams"),
      ],
      path: "Sources/Engine/Studies"),
    .target(name: "TUI", dependencies: engineTargets + ["CNcurses"]),
    .executableTarget(
      name: "imagenet-tui",
      dependencies: engineTargets + ["TUI", .product(name: "ArgumentParser", package: "swift-argument-parser")]),

    .target(name: "CVterm", path: "Tests/CVterm", linkerSettings: [.linkedLibrary("vterm")]),
    .target(
      name: "CImageFixtures", path: "Tests/CImageFixtures",
      linkerSettings: [.linkedLibrary("png"), .linkedLibrary("jpeg"), .linkedLibrary("webp"), .linkedLibrary("gif")]),
    .target(name: "CAllocations", path: "Tests/CAllocations"),
    .target(
      name: "TestSupport", dependencies: ["Basics", "Taxonomy", "Kernels", "Files", "CVterm", "CImageFixtures"], path: "Tests/TestSupport"),
    .target(
      name: "EngineFixtures", dependencies: ["Basics", "Taxonomy", "Kernels", "Files", "Settings", "Datasets", "Runs"],
      path: "Tests/EngineFixtures"),
    .testTarget(name: "BasicsTests", dependencies: ["Basics"]),
    .testTarget(name: "TaxonomyTests", dependencies: ["Basics", "Taxonomy", "TestSupport", "EngineFixtures"]),
    .testTarget(name: "KernelsTests", dependencies: ["Kernels", "COpenBLAS", "CAllocations", "TestSupport"]),
    .testTarget(name: "FilesTests", dependencies: ["Basics", "Kernels", "Files", "TestSupport"]),
    .testTarget(name: "SettingsTests", dependencies: ["Basics", "Kernels", "Settings", "Networks"]),
    .testTarget(name: "NetworksTests", dependencies: ["Basics", "Kernels", "Networks", "Datasets", "Training", "CAllocations", "TestSupport"]),
    .testTarget(name: "WeightsTests", dependencies: ["Basics", "Kernels", "Files", "Networks", "Weights", "TestSupport"]),
    .testTarget(name: "DatasetsTests", dependencies: ["Basics", "Taxonomy", "Kernels", "Files", "Settings", "Networks", "Datasets", "LabelSets", "CImageFixtures", "CZlib", "TestSupport", "EngineFixtures"]),
    .testTarget(name: "PicturesTests", dependencies: ["Basics", "Files", "Datasets", "Pictures", "TestSupport"], exclude: ["Goldens"]),
    .testTarget(name: "TrainingTests", dependencies: ["Basics", "Taxonomy", "Kernels", "Files", "Settings", "Networks", "Datasets", "Training", "CAllocations", "TestSupport", "EngineFixtures"], exclude: ["Detection/Goldens"]),
    .testTarget(name: "RunsTests", dependencies: ["Basics", "Taxonomy", "Kernels", "Files", "Settings", "Networks", "Datasets", "Training", "Runs", "TestSupport", "EngineFixtures"]),
    .testTarget(name: "LabelSetsTests", dependencies: ["Basics", "Taxonomy", "Files", "Datasets", "Runs", "LabelSets", "CImageFixtures", "TestSupport", "EngineFixtures"]),
    .testTarget(name: "AnalysisTests", dependencies: ["Basics", "Taxonomy", "Kernels", "Files", "Networks", "Datasets", "Pictures", "Training", "Runs", "Analysis", "TestSupport", "EngineFixtures"]),
    .testTarget(name: "StudiesTests", dependencies: engineTargets + ["TestSupport", "EngineFixtures"]),
    .target(
      name: "FuzzEntries", dependencies: engineTargets + ["TUI", "TestSupport", "EngineFixtures", "CImageFixtures", "CZlib"], path: "Tests/FuzzEntries"),
    .executableTarget(name: "fuzzer", dependencies: ["FuzzEntries"], path: "Tests/Fuzzer", exclude: ["Corpus"]),
    .testTarget(name: "TUITests", dependencies: engineTargets + ["TUI", "TestSupport", "EngineFixtures", "FuzzEntries"], exclude: ["Goldens"]),
    .target(name: "RandomFrames", dependencies: ["TUI"], path: "Tests/RandomFrames"),
    .executableTarget(name: "frame-player", dependencies: ["TUI", "RandomFrames"], path: "Tests/FramePlayer"),
    .executableTarget(name: "step-player", dependencies: engineTargets, path: "Tests/StepPlayer"),
    .testTarget(
      name: "EndToEnd",
      dependencies: engineTargets + ["TUI", "TestSupport", "EngineFixtures", "RandomFrames", "frame-player", "step-player", "CImageFixtures"],
      path: "Tests/EndToEnd"),
  ],
  swiftLanguageModes: [.v6]
)
