import FoundationEssentials
import Runs
import Settings
import Taxonomy

/// A configuration that says little: ten images of two classes.
package func exampleConfiguration(name: String = "example", created: Double = 1_450_000_000) -> RunConfiguration {
  let labelSet = LabelSet(
    name: "two", dataset: "fashion-mnist", policy: .name, recipe: [],
    classes: [
      TargetClass(wnid: "n03595614", name: "jersey", members: ["n03595614"]),
      TargetClass(wnid: "n04489008", name: "trouser", members: ["n04489008"]),
    ], leftOut: [])
  let training = try! JSONDecoder().decode(
    TrainingConfiguration.self,
    from: Data(
      #"""
      {"network": "alexnet-28", "epochs": 2, "batchSize": 5, "seed": 3, "validateEvery": 1,
       "solver": {"rate": 0.01, "momentum": 0.9, "decay": 0.0005, "schedule": {"cosine": {}}},
       "augmentation": {"resize": "warp", "resizeTo": 28, "padding": 2, "mirror": true, "mean": "channel", "scale": 1}}
      """#.utf8))
  return RunConfiguration(
    name: name, created: created, dataset: "fashion-mnist", fingerprint: "f", labelSet: labelSet, training: training,
    workers: 1, program: "imagenet-tui 0", host: "box", command: ["imagenet-tui", "train"])
}
