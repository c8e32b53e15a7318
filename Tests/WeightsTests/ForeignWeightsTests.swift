import Basics
import TestSupport
import Testing
import Weights

@Suite struct ForeignWeightsTests {
  let folder = TemporaryFolder()

  private static let zip: [UInt8] = Array("PK\u{3}\u{4}".utf8) + [UInt8](repeating: 0, count: 26)
  private static let hdf5: [UInt8] = [0x89] + Array("HDF\r\n".utf8) + [0x1A, 0x0A]

  struct Case: CustomTestStringConvertible {
    var name: String
    var bytes: [UInt8]
    var found: String
    var advice: String
    var testDescription: String { "\(name): \(found)" }

    init(_ name: String, _ bytes: [UInt8], _ found: String, _ advice: String) {
      (self.name, self.bytes, self.found, self.advice) = (name, bytes, found, advice)
    }
    init(_ name: String, _ text: String, _ found: String, _ advice: String) { self.init(name, Array(text.utf8), found, advice) }
  }

  @Test("A file that holds no weights that are read is called what it is, under any name, with the next step", arguments: [
    Case("a.pth.tar", zip + Array("archive/data.pkl".utf8), "checkpoint of PyTorch (a zip", "weights_only=True"),
    Case("a.safetensors", zip + Array("archive/data.pkl".utf8), "checkpoint of PyTorch", "a-converted.safetensors"),
    Case("net.caffemodel", zip + [UInt8](repeating: 7, count: 3_000_000) + Array("x/data.pkl".utf8), "checkpoint of PyTorch", "torch.load"),
    Case("a.pt", zip + Array("a/code/__torch__.py a/constants.pkl a/data.pkl".utf8), "TorchScript", "torch.jit.load"),
    Case("old.bin", [0x80, 2, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19], "before 1.6", "torch.load"),
    Case("a.ckpt", [0x80, 4, 0x95, 0, 0], "a pickle of Python", "if PyTorch wrote it"),
    Case("a.npz", zip + Array("conv1.weight.npy".utf8), ".npz", "safetensors.numpy"),
    Case("a.zip", zip + Array("weights.caffemodel".utf8), "a zip archive", "unpack"),
    Case("a.npy", [0x93] + Array("NUMPY".utf8) + [1, 0], "a single NumPy array", "a name each"),
    Case("net.caffemodel.h5", hdf5 + Array("data conv1".utf8), "Caffe's .caffemodel.h5", "h5py"),
    Case("net.h5", hdf5 + Array("keras_version".utf8), "Keras", "torchvision"),
    Case("net.mat", Array("MATLAB 5.0 MAT-file, Platform".utf8) + [0, 1], "MATLAB", "torchvision"),
    Case("m.gguf", Array("GGUF".utf8) + [3, 0, 0, 0], "GGUF", "safetensors"),
    Case("m.onnx", [0x08, 0x07, 0x12, 0x01, 0x70, 0x3A, 0x00], "ONNX", "onnx.load"),
    Case("saved_model.pb", [0x08, 0x01, 0x12, 0x00], "SavedModel", "torchvision"),
    Case("frozen.pb", [0x0A, 0x00, 0x0A, 0x00], "a graph of TensorFlow", "torchvision"),
    Case("model.ckpt.index", [0, 1, 0x57, 0xFB, 0x80, 0x8B, 0x24, 0x75, 0x47, 0xDB], "a checkpoint of TensorFlow", "torchvision"),
    Case("m.solverstate", [0x08, 0x64, 0x12, 0x01, 0x61, 0x1A, 0x00], "solver", "the same iteration"),
    Case("mean.binaryproto", [0x08, 1, 0x10, 3, 0x18, 1, 0x20, 1, 0x2A, 0x04, 0, 0, 0, 0], "mean image", "--mean"),
    Case("w.gz", [0x1F, 0x8B, 8, 0], "gzip", "unpack"), Case("w.zst", [0x28, 0xB5, 0x2F, 0xFD, 0], "zstd", "unpack"),
    Case("w.tar", [UInt8](repeating: 0x61, count: 250) + [0, 0, 0, 0, 0, 0, 0] + Array("ustar".utf8) + [0], "a tar archive", "tar -xf"),
    Case("empty.safetensors", "", "an empty file", "fetch it again"),
    Case("a.safetensors", "<!DOCTYPE html>\n<html>", "an HTML page", "direct address"),
    Case("a.caffemodel", "\n  <html lang=\"en\">", "an HTML page", "direct address"),
    Case("a.caffemodel", "<?xml version=\"1.0\"?><Error><Code>AccessDenied", "an XML document", "fetch it again"),
    Case("a.safetensors", "Not Found\n", "“Not Found”", "fetch it again"),
    Case(
      "a.safetensors", "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 243000000\n", "a Git LFS pointer, which stands for a file of 243000000 bytes",
      "git lfs pull"),
    Case("deploy.prototxt", "name: \"AlexNet\"\nlayer {\n  name: \"data\"\n", ".prototxt", "give the .caffemodel"),
    Case("old.caffemodel", "name: \"CaffeNet\"\ninput: \"data\"\ninput_dim: 10\nlayers {\n", ".prototxt", "give the .caffemodel"),
    Case("solver.prototxt", "net: \"train.prototxt\"\nbase_lr: 0.01\n", "solver", "give a .caffemodel"),
    Case("model.safetensors.index.json", "{\"metadata\": {}, \"weight_map\": {}}", "in several files", "into one"),
    Case("x.safetensors", [1, 2, 3, 0xFF, 0xFE, 0, 9, 9, 9], "begins with the bytes 01 02 03 ff fe 00 09 09", "fetch this one again"),
  ])
  func foreign(example: Case) throws {
    folder.write(example.bytes, to: example.name)
    let path = folder.path + "/" + example.name
    let problem = try #require(throws: Problem.self) { try WeightImport(path, architecture: .named("alexnet-28")) }
    #expect(problem.place == path && problem.found?.contains(example.found) == true, "\(problem)")
    #expect(problem.advice?.contains(example.advice) == true, "\(problem)")
    #expect(!problem.description.contains("\n"))
  }

  @Test("A folder and a place where nothing is are told apart, the files of a TensorFlow checkpoint too")
  func noFile() throws {
    func problem(_ name: String) throws -> Problem {
      try #require(throws: Problem.self) { try WeightImport(folder.path + "/" + name, architecture: .named("alexnet-28")) }
    }
    #expect(try problem("none.pth").found == "nothing there")
    #expect(try problem("").found == "a folder")
    folder.write([1], to: "model.safetensors")
    #expect(try problem("").advice == "name a file in it, such as model.safetensors")
    folder.write([1], to: "model.ckpt.index")
    #expect(try problem("model.ckpt").advice?.contains("TensorFlow") == true)
  }

  @Test("The line that converts quotes what a shell would take apart, and never overwrites")
  func commandLine() throws {
    folder.write(Self.zip + Array("archive/data.pkl".utf8), to: "it's $HOME.pth.tar")
    folder.write([], to: "it's $HOME.safetensors")
    let problem = try #require(throws: Problem.self) {
      try WeightImport(folder.path + "/it's $HOME.pth.tar", architecture: .named("alexnet-28"))
    }
    #expect(problem.advice?.contains("it'\\''s $HOME.pth.tar' '") == true, "\(problem)")
    #expect(problem.advice?.contains("it'\\''s $HOME-converted.safetensors'") == true, "\(problem)")
  }
}
