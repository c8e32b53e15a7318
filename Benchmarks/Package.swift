// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "Benchmarks",
  dependencies: [
    .package(name: "imagenet-tui", path: ".."),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
  ],
  targets: [
    // The processor's peak needs instructions that the rest is not built with.
    .target(name: "CPeak"),
    .executableTarget(
      name: "imagenet-bench",
      dependencies: [
        "CPeak",
        .product(name: "Engine", package: "imagenet-tui"),
        .product(name: "CKernels", package: "imagenet-tui"),
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
  ],
  swiftLanguageModes: [.v6]
)
