import FoundationEssentials
import Glibc
import TestSupport
import Testing

/// Datasets with boxes, as a user adds, makes and looks at them.
@Suite struct VOCCommandTests {
  let home: TinyHome

  init() throws { home = try TinyHome() }

  @Test("A devkit is added, listed, shown and checked; faults are listed with file and object, and where labels are wanted it is refused")
  func devkit() throws {
    let devkit = try VOCStandIn(at: home.folder.path + "/voc")
    let added = try home.run("data", "add", "voc2007", home.folder.path + "/voc")
    #expect(added.code == 0 && added.output.contains("added voc2007: boxes of 20 classes"), "\(added.errors)")
    #expect(added.output.contains("Action/train 1, Action/val 1, test 1, train 2, trainval 3, val 1\n"))
    #expect(try home.run("data", "list").output.contains("voc2007"))
    let shown = try home.run("data", "show", "voc2007")
    #expect(shown.output.contains("cat") && shown.output.contains("0+1") && shown.output.contains("actions: jumping, phoning"), "\(shown.errors)")
    #expect(try home.run("data", "show", "voc2007", "--json").output.contains("\"difficult\" : 1"))
    let checked = try home.run("data", "check", "voc2007")
    #expect(checked.code == 0 && checked.output == "4 images and their annotations read, 0 faults\n", "\(checked.errors)")
    for command in [["train", "--dataset", "voc2007", "--net", "alexnet-28"], ["data", "pack", "voc2007"], ["tree", "show", "dog", "--dataset", "voc2007"], ["labels", "bottom-up", "--classes", "2", "--dataset", "voc2007"]] {
      let refused = try home.start(command)
      #expect(refused.wait() == 64 && refused.errors.contains("has boxes of objects, and no class for each image: voc2007: expected labelled images"), "\(command): \(refused.errors)")
    }
    try devkit.annotate("000002", [VOCStandIn.object("person", 0, 6, 25, 36), VOCStandIn.object("sofa", 30, 20, 29, 38)])
    let changed = try home.run("data", "check", "voc2007")
    #expect(changed.code == 1 && changed.output.contains("the files have changed") && changed.output.contains("2 faults"))
    #expect(changed.output.contains("Annotations/000002.xml, object 1, person (line 1): expected 1 to 50 across and 1 to 40 down, found xmin 0"))
    #expect(changed.output.contains("object 2, sofa (line 2): expected xmin ≤ xmax"))
    let again = try home.run("data", "add", "voc2007", home.folder.path + "/voc", "--clip-boxes")
    #expect(again.code == 0 && again.output.contains("updated voc2007") && again.output.contains("note: 1 image cannot be used, the first as: a box holds nothing"), "\(again.errors)")
    #expect(try home.run("data", "add", "x", home.folder.path, "--clip-boxes").code == 64)
  }

  @Test("Candidate regions are kept beside a dataset, and shown with the share of objects that they find")
  func candidates() throws {
    _ = try VOCStandIn(at: home.folder.path + "/voc")
    #expect(try home.run("data", "add", "voc2007", home.folder.path + "/voc").code == 0)
    let grid = try home.run("data", "candidates", "voc2007", "--set", "trainval")
    #expect(grid.code == 0 && grid.output.contains("grid") && grid.output.contains("of 5 objects in 3 images of the set trainval"), "\(grid.errors)")
    home.folder.write(Array("000004 3 4 30 20\n000004 1 1 50 40\n999 1 1 2 2\n".utf8), to: "boxes.txt")
    let kept = try home.run("data", "candidates", "voc2007", "--from", home.folder.path + "/boxes.txt", "--first-pixel", "1", "--as", "mine", "--set", "test")
    #expect(kept.code == 0 && kept.output.contains(/mine +2\.0 +100\.0 % +100\.0 %/), "\(kept.output) \(kept.errors)")
    #expect(kept.errors.contains("kept 2 boxes of 1 image of 4 as mine") && kept.errors.contains("passed over 1 line of images"))
    for (arguments, code, words) in [
      (["--from", "boxes.txt"], 64, "belong together"), (["--from", home.folder.path + "/boxes.txt", "--first-pixel", "0", "--as", "b"], 65, "files that count from 1 need --first-pixel 1"),
      (["--from", home.folder.path + "/boxes.txt", "--first-pixel", "1", "--as", "mine"], 73, "choose another name"), (["--set", "tset"], 66, "did you mean `test`?"),
    ] {
      let refused = try home.start(["data", "candidates", "voc2007"] + arguments)
      #expect(refused.wait() == code && refused.errors.contains(words), "\(refused.errors)")
    }
    #expect(try home.run("data", "candidates", "tiny").errors.contains("the dataset has no annotated objects: tiny"))
  }

  @Test("Scenes of stamps are made with the classes of a cut, added as a dataset, and go on where they were; actions have their lists")
  func stamps() throws {
    let place = home.folder.path + "/stamps/"
    for (number, name) in ["animals/amphibians/frog", "animals/birds/adelaide-rosella"].enumerated() {
      let pixels = (0..<40 * 40).flatMap { place -> [UInt8] in
        let isInside = abs(place % 40 - 20) + abs(place / 40 - 20) < 18
        return [UInt8(40 + 100 * number), 90, 20, isInside ? 255 : 0]
      }
      try home.folder.write(ImageFixtures.png(pixels, 40, 40, depth: 8, colourType: 6), at: "stamps/\(name).png")
    }
    let few = ["--stamps", place, "--train", "4", "--val", "2", "--size", "64"]
    let made = try home.start(["data", "make", "stamps", "--voc", "--classes", "2"] + few)
    #expect(made.wait() == 0 && made.output.contains("made det-stamps: 2 classes"), "\(made.output) \(made.errors)")
    #expect(made.errors.contains("photographs are missing"))
    let shown = try home.run("data", "show", "det-stamps")
    #expect(shown.output.contains("trainval") && shown.output.contains("cut-out photographs"), "\(shown.errors)")
    #expect(try home.run("data", "check", "det-stamps").code == 0)
    let again = try home.start(["data", "make", "stamps", "--voc", "--classes", "2"] + few)
    #expect(again.wait() == 0 && again.output.contains("of the images already existed"))
    let acting = try home.start(["data", "make", "stamps", "--actions"] + few + ["--test", "1"])
    #expect(acting.wait() == 0 && acting.output.contains("made act-stamps: 2 classes, 8 training images, 4 validation images, 2 test images"), "\(acting.output) \(acting.errors)")
    #expect(try home.run("data", "show", "act-stamps").output.contains("actions: n01639765, n01821203"))
    for arguments in [["--voc", "--actions"], ["--classes", "2"], ["--voc", "--left-out", "difficult"], ["--voc", "--classes", "2", "--labels", "x"]] {
      #expect(try home.start(["data", "make", "stamps"] + arguments).wait() == 64)
    }
  }
}
