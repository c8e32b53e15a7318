import Basics
import Glibc
import TestSupport
import Testing

/// Which folders hold which split: validation images never become training images.
@Suite struct SplitFoldersTests {
  @Test("Usual names of splits are known, whatever their case and what wraps them", arguments: [
    ("train", "val"), ("Train", "Val"), ("TRAIN", "VAL"), ("training", "validation"), ("train", "valid"), ("Training", "Validation"),
    ("trainset", "valset"), ("train_images", "val_images"), ("images_train", "images-val"), ("train2017", "val2017"), ("train", "dev"),
    ("train", "eval"), ("trainSet", "valSet"), ("TRAIN", "valid_set"), ("places_train_256", "places_val_256"), ("Train_64x64", "Val_64x64"), ("train", "evaluation"), ("trainval", "test"), ("train", "test"), ("TrainingSet", "TestSet"), ("train", "testing"),
    ("ILSVRC2012_img_train", "ILSVRC2012_img_val"),
  ], ["", "imagenet/", "a/b/images/"])
  func names(split: (train: String, val: String), wrapper: String) throws {
    let tree = MadeTree("\(wrapper)\(split.train)/*/a.png", "\(wrapper)\(split.train)/*/b.png", "\(wrapper)\(split.val)/*/c.png")
    let added = try tree.add()
    #expect(!added.isHeldOut && added.entry.classes == 2)
    #expect(try tree.images(.train).map { $0.hasPrefix(wrapper + split.train + "/") } == [true, true, true, true])
    #expect(try tree.images(.val) == ["\(wrapper)\(split.val)/n01440764/c.png", "\(wrapper)\(split.val)/n01484850/c.png"])
  }

  @Test("Test images are validated on where there are no others, and it is said; else they are passed over by name")
  func test() throws {
    let two = try MadeTree("train/*/", "test/*/").add()
    #expect(two.notes == ["no validation folder: `test` is used for validation"])
    let tree = MadeTree("train/*/", "valid/*/", "test/*/", "meta/readme.txt")
    #expect(try tree.add().notes == ["train is `train`, val is `valid`", "skipped the folders `meta`, `test`"])
    #expect(try tree.images(.val) == ["valid/n01440764/1.png", "valid/n01484850/1.png"])
    // Without labels, test images can only be passed over.
    let flat = MadeTree("train/*/a.png", "test/1.png")
    let added = try flat.add()
    #expect(added.isHeldOut && added.notes.contains("skipped the folder `test`"))
    #expect(try flat.images(.train).allSatisfy { $0.hasPrefix("train/") })
  }

  @Test("A split that was unpacked into a folder of its own name is one")
  func doubled() throws {
    let tree = MadeTree("seg_train/seg_train/*/", "seg_test/seg_test/*/", "seg_pred/seg_pred/1.png")
    let added = try tree.add()
    #expect(added.entry.train == 2 && added.entry.val == 2)
    #expect(try tree.images(.val).allSatisfy { $0.hasPrefix("seg_test/seg_test/") })
  }

  @Test("A folder of training images alone is trained on, one of validation or test images alone is refused", arguments: ["val", "Test", "x/validation"])
  func alone(name: String) throws {
    #expect(try MadeTree("Train/*/").add().isHeldOut)
    let problem = #expect(throws: Problem.self) { try MadeTree("\(name)/*/").add() }
    #expect(problem?.what == "there is no folder of training images" && problem?.advice?.hasSuffix("/data/\(name) itself") == true)
    let tree = MadeTree("val/*/")
    #expect(try tree.add(tree.root + "/val").entry.classes == 2)
  }

  @Test("What could be meant in two ways is refused, with what was found", arguments: [
    (["train/*/", "Train/*/"], "several folders could be the train split", "`Train` and `train`"),
    (["train/*/", "val/*/", "valid/*/"], "several folders could be the val split", "`val` and `valid`"),
    (["train/*/", "train_images/*/", "val/*/"], "several folders could be the train split", "`train` and `train_images`"),
    (["n01440764/", "n01484850/", "val/n01440764/"], "folders of classes and of a split lie side by side", "`n01440764` and `val`"),
    (["n01440764/", "n01484850/", "test/1.png"], "folders of classes and of a split lie side by side", "`n01440764` and `test`"),
    (["*/train/", "*/val/"], "a folder of another split lies inside", "`n01440764/train`, `n01440764/val`, `n01484850/train` and 1 more"),
    (["train/*/val/", "train/*/"], "a folder of another split lies inside", "`n01440764/val`, `n01484850/val`"),
    (["cat/train/a.png", "cat/val/a.png", "dog/train/a.png", "dog/val/a.png"], "several folders hold splits", "`cat/train`, `dog/train`"),
    (["birds_train/*/", "fish_val/*/"], "a folder of another split lies inside", "`birds_train/n01440764`, `birds_train/n01484850`, `fish_val/n01440764` and 1 more"),
    (["birds/train/*/", "fish/train/*/"], "several folders hold splits", "`birds/train`, `fish/train`"),
    (["trainA/*/", "trainB/*/", "testA/*/", "testB/*/"], "a folder of another split lies inside", "`testA/n01440764`, `testA/n01484850`, `testB/n01440764` and 5 more"),
  ])
  func ambiguous(places: [String], what: String, found: String) throws {
    let tree = MadeTree()
    places.forEach(tree.write)
    let problem = #expect(throws: Problem.self) { try tree.add() }
    #expect(problem?.what == what && problem?.found == found, "\(String(describing: problem))")
  }

  @Test("The folds of a cross-validation are not all trained on without a sign", arguments: [["fold1", "fold2"], ["Fold_01", "Fold_02", "Fold_03"], ["cv0", "cv1"], ["x/split-1", "x/split-2"]])
  func folds(names: [String]) throws {
    let tree = MadeTree()
    for name in names { tree.write("\(name)/*/") }
    let problem = #expect(throws: Problem.self) { try tree.add() }
    #expect(problem?.what == "the folders of a cross-validation lie side by side" && problem?.found?.contains("`\(names[1])`") == true)
    #expect(problem?.advice?.contains("`val`") == true)
    // What the advice says.
    let arranged = MadeTree()
    for name in names.dropLast() { arranged.write("train/\(name)/*/") }
    arranged.write("val/\(names.last!)/*/")
    let added = try arranged.add()
    #expect(added.entry.train == 2 * (names.count - 1) && added.entry.val == 2)
    #expect(added.notes.contains { $0.contains("2 classes have images in several folders") } == (names.count > 2), "\(added.notes)")
  }

  @Test("Classes in several folders are trained on as a whole, and it is said")
  func repeated() throws {
    let added = try MadeTree("photos/*/", "sketches/*/").add()
    #expect(added.entry.train + added.entry.val == 4)
    #expect(added.notes == ["2 classes have images in several folders, all of which count: `photos/n01440764`, `sketches/n01440764`"])
  }

  @Test("Hidden folders with images are passed over by name, beside the splits, the classes, and in a class")
  func hidden() throws {
    let tree = MadeTree("train/*/", "val/*/", ".old/n01440764/", "train/.more/n01440764/", "train/n01440764/.thumbs/x.png")
    for place in [".git/config", "train/.cache/x"] { tree.put([1], at: place) }
    let added = try tree.add()
    #expect(added.entry.train == 2)
    #expect(added.notes == ["skipped the folder `.old`", "skipped the hidden folders `train/.more`, `train/n01440764/.thumbs`"])
  }

  @Test("Splits beside other folders are found by their images: Kaggle's ILSVRC, and images beside labels")
  func kaggle() throws {
    let tree = MadeTree("ILSVRC/Data/CLS-LOC/train/*/", "ILSVRC/Data/CLS-LOC/val/*/", "ILSVRC/Data/CLS-LOC/test/1.png")
    for split in ["train", "val"] { tree.put([1], at: "ILSVRC/Annotations/CLS-LOC/\(split)/n01440764/1.xml") }
    tree.put([1], at: "ILSVRC/ImageSets/CLS-LOC/train_cls.txt")
    tree.put([1], at: "LOC_synset_mapping.txt")
    let added = try tree.add()
    #expect(added.entry.train == 2 && added.entry.val == 2)
    #expect(added.notes[0] == "train is `ILSVRC/Data/CLS-LOC/train`, val is `ILSVRC/Data/CLS-LOC/val`")
    #expect(added.notes[1] == "skipped the folders `ILSVRC/Annotations`, `ILSVRC/Data/CLS-LOC/test`, `ILSVRC/ImageSets`")
    let other = MadeTree("images/train/*/", "images/val/*/")
    for split in ["train", "val"] { other.put([1], at: "labels/\(split)/1.txt") }
    #expect(try other.add().entry.val == 2)
  }

  @Test("A class may be called like a split: `train` among other classes, or in both splits")
  func classes() throws {
    let vehicles = MadeTree("bus/a.png", "car/a.png", "train/a.png")
    let tree = vehicles.lines(["bus\tvehicle", "car\tvehicle", "train\tvehicle", "val\tvehicle"], "tree.tsv")
    #expect(try vehicles.add(hierarchy: tree).entry.classes == 3)
    let map = vehicles.lines(["bus\tn02924116", "car\tn02958343", "train\tn04468005"], "map.tsv")
    #expect(try vehicles.add(map: map).entry.classes == 3)
    let split = MadeTree("train/bus/a.png", "train/train/a.png", "val/bus/a.png", "val/train/a.png")
    let added = try split.add(hierarchy: split.lines(["bus\tvehicle", "train\tvehicle"], "tree.tsv"))
    #expect(added.entry.classes == 2 && added.entry.train == 2 && added.entry.val == 2)
    // Alone, it is what holds the classes.
    let alone = MadeTree("train/bus/a.png", "train/train/a.png")
    #expect(try alone.add(hierarchy: alone.lines(["bus\tvehicle", "train\tvehicle"], "tree.tsv")).entry.train == 2)
  }

  @Test("Mapped names may hold words for splits: SUN397's train_station")
  func mapped() throws {
    let tree = MadeTree("a/abbey/1.png", "t/train_interior/1.png", "t/train_station/platform/1.png", "t/test_site/1.png")
    let names = ["a/abbey": 40, "t/train_interior": 64, "t/train_station/platform": 84, "t/test_site": 71]
    let map = tree.lines(names.map { "\($0)\tn020840\($1)" }, "map")
    #expect(try tree.add(map: map).entry.train == 4)
    #expect(#expect(throws: Problem.self) { try tree.add() }?.what == "4 folders of images name no class")
  }

  @Test("Linked folders of splits are followed, or refused: out of the root, to nowhere, to each other")
  func links() throws {
    let tree = MadeTree("real/1/*/a.png", "real/2/*/b.png")
    symlink("real/1", tree.root + "/train")
    symlink("real/2", tree.root + "/val")
    #expect(try tree.add().entry.val == 2)
    #expect(try tree.images(.train) == ["train/n01440764/a.png", "train/n01484850/a.png"])
    symlink("train", tree.root + "/training")
    #expect(try tree.add().entry.train == 2)
    unlink(tree.root + "/val")
    symlink("nowhere", tree.root + "/val")
    #expect(#expect(throws: Problem.self) { try tree.add() }?.place?.hasSuffix("/val") == true)
    unlink(tree.root + "/val")
    symlink("real/1", tree.root + "/val")
    #expect(#expect(throws: Problem.self) { try tree.add() }?.what == "training and validation images are the same")
    unlink(tree.root + "/val")
    let outside = MadeTree("val/*/")
    symlink(outside.root + "/val", tree.root + "/val")
    #expect(#expect(throws: Problem.self) { try tree.add() }?.advice == "give --follow-links if you trust it")
    #expect(try tree.add(followsLinks: true).entry.val == 2)
  }

  @Test("What systems leave behind and hidden folders are no splits and no wrappers")
  func system() throws {
    let tree = MadeTree("imagenet/train/*/a.png", "imagenet/val/*/a.png", ".cache/train/*/a.png")
    tree.put([1], at: "__MACOSX/imagenet/train/._a.png")
    tree.put([1], at: "README.md")
    #expect(try tree.add().entry.train == 2)
  }

  @Test("A validation list over class folders must not name images that are trained on")
  func overlap() throws {
    let tree = MadeTree("*/a.png", "*/b.png")
    let list = tree.lines(["n01440764/a.png n01440764"])
    let problem = #expect(throws: Problem.self) { try tree.add(val: list) }
    #expect(problem?.what == "the validation list contains training images" && problem?.advice?.contains("--train-list") == true)
    #expect(try tree.add(train: tree.lines(["n01440764/b.png", "n01484850/a.png"], "t.txt"), val: list).entry.val == 1)
  }

  @Test("Flat validation images: the advice names the list of labels that lies there")
  func tinyImageNet() throws {
    let tree = MadeTree("train/n01440764/images/n01440764_0.JPEG", "train/n01484850/images/n01484850_0.JPEG", "val/images/val_0.JPEG", "test/images/t.JPEG")
    #expect(#expect(throws: Problem.self) { try tree.add() }?.advice?.contains("--val-list FILE") == true)
    tree.put(Array("val_0.JPEG\tn01484850\t0\t32\t44\t62\n".utf8), at: "val/val_annotations.txt")
    let problem = #expect(throws: Problem.self) { try tree.add() }
    #expect(problem?.what == "images lie outside of class folders" && problem?.found == "1 image")
    #expect(problem?.advice?.hasSuffix("give --val-list \(problem!.place!)/val_annotations.txt") == true)
    let added = try tree.add(val: tree.root + "/val/val_annotations.txt")
    #expect(added.entry.val == 1 && added.notes.first == "skipped the folder `test`")
  }
}
