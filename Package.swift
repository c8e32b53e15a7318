// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "imagenet-tui",
  products: [
    .executable(name: "imagenet-tui", targets: ["imagenet-tui"]),
    .library(name: "Engine", targets: ["Engine", "Kernels", "Taxonomy"]),
    // For the benchmarks, which time products alone.
    .library(name: "CKernels", targets: ["CKernels", "COpenBLAS"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
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
      linkerSettings: [.linkedLibrary("png"), .linkedLibrary("jpeg"), .linkedLibrary("webp"), .linkedLibrary("webpdemux")]),
    .target(name: "CZlib", linkerSettings: [.linkedLibrary("z")]),
    .target(name: "CLMDB", linkerSettings: [.linkedLibrary("lmdb")]),

    .target(name: "Taxonomy"),
    .target(name: "Kernels", dependencies: ["COpenBLAS", "CKernels"]),
    .target(name: "Engine", dependencies: ["Taxonomy", "Kernels", "CImageCodecs", "CZlib", "CLMDB"]),
    .target(name: "TUI", dependencies: ["Engine", "Kernels", "Taxonomy", "CNcurses"]),
    .executableTarget(
      name: "imagenet-tui",
      dependencies: [
        "TUI", "Engine", "Kernels", "Taxonomy",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),

    .target(name: "CVterm", path: "Tests/CVterm", linkerSettings: [.linkedLibrary("vterm")]),
    .target(
      name: "CImageFixtures", path: "Tests/CImageFixtures",
      linkerSettings: [.linkedLibrary("png"), .linkedLibrary("jpeg"), .linkedLibrary("webp")]),
    .target(
      name: "TestSupport", dependencies: ["Kernels", "Engine", "Taxonomy", "CVterm"],
      path: "Tests/TestSupport"),
    .testTarget(name: "TaxonomyTests", dependencies: ["Taxonomy", "TestSupport"]),
    .target(name: "CAllocations", path: "Tests/CAllocations"),
    .testTarget(name: "KernelsTests", dependencies: ["Kernels", "COpenBLAS", "TestSupport", "CAllocations"]),
    .testTarget(
      name: "EngineTests", dependencies: ["Engine", "TestSupport", "CImageFixtures", "CZlib", "CAllocations"]),
    .target(
      name: "FuzzEntries", dependencies: ["Engine", "TUI", "TestSupport", "CImageFixtures", "CZlib"], path: "Tests/FuzzEntries"),
    .executableTarget(name: "fuzzer", dependencies: ["FuzzEntries"], path: "Tests/Fuzzer", exclude: ["Corpus"]),
    .testTarget(name: "TUITests", dependencies: ["TUI", "TestSupport", "FuzzEntries"], exclude: ["Goldens"]),
    .target(name: "RandomFrames", dependencies: ["TUI"], path: "Tests/RandomFrames"),
    .executableTarget(name: "frame-player", dependencies: ["TUI", "RandomFrames"], path: "Tests/FramePlayer"),
    .executableTarget(name: "step-player", dependencies: ["Engine", "Kernels"], path: "Tests/StepPlayer"),
    .testTarget(
      name: "EndToEnd",
      dependencies: ["Engine", "Kernels", "TUI", "TestSupport", "RandomFrames", "frame-player", "step-player", "CImageFixtures"],
      path: "Tests/EndToEnd"),
  ],
  swiftLanguageModes: [.v6]
)
