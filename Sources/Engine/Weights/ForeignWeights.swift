import Basics
import Files
import FoundationEssentials

/// What weights are kept in elsewhere, and what is found in their place: each is known by its bytes, under any name, and told with the
/// next step.
struct ForeignWeights {
  let bytes: UnsafeRawBufferPointer
  let path: String

  /// What the file is, where it's no weights that are read here.
  var problem: Problem? {
    guard let (found, advice) = text ?? archive ?? magic ?? message else { return nil }
    return Problem("cannot read the weights", at: path, expected: "a safetensors file or a .caffemodel", found: found, advice: advice, kind: .data)
  }

  typealias Finding = (found: String, advice: String)
  private static let again = "the download gave something else than the file: fetch it again by its direct address"

  private func begins(_ magic: [UInt8], at offset: Int = 0) -> Bool {
    bytes.count >= offset + magic.count && bytes[offset...].starts(with: magic)
  }
  private func begins(_ magic: String, at offset: Int = 0) -> Bool { begins(Array(magic.utf8), at: offset) }

  /// Whether the first or the last megabyte, where archives and HDF5 name what they hold, says `word`.
  private func says(_ word: String) -> Bool {
    let (word, most) = (Array(word.utf8), 1 << 20)
    func holds(_ part: UnsafeRawBufferPointer) -> Bool {
      guard part.count >= word.count else { return false }
      return (0...part.count - word.count).contains { part[$0] == word[0] && part[$0...].starts(with: word) }
    }
    return holds(UnsafeRawBufferPointer(rebasing: bytes.prefix(most))) || holds(UnsafeRawBufferPointer(rebasing: bytes.suffix(most)))
  }

  // MARK: Text

  private var text: Finding? {
    if bytes.isEmpty { return ("an empty file", Self.again) }
    let head = bytes.prefix(1024)
    guard head.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 || $0 == 0x0A || $0 == 0x0D }) else { return nil }
    var words = String(decoding: head, as: UTF8.self)
    if words.hasPrefix("\u{FEFF}") { words.removeFirst() }
    words = String(words.drop(while: \.isWhitespace))
    let small = words.lowercased()
    if small.hasPrefix("version https://git-lfs") || small.hasPrefix("version http://git-media") {
      let size = words.split(separator: "\n").first { $0.hasPrefix("size ") }?.dropFirst(5)
      return (
        "a Git LFS pointer, which stands for a file" + (size.map { " of \($0) bytes" } ?? ""),
        "`git lfs pull` in the repository fetches the file itself"
      )
    }
    if ["<!doctype", "<html", "<head", "<body", "<!--"].contains(where: small.hasPrefix) { return ("an HTML page", Self.again) }
    if small.hasPrefix("<?xml") || small.hasPrefix("<error") { return ("an XML document, as servers answer with", Self.again) }
    if small.hasPrefix("{") || small.hasPrefix("[") {
      return words.contains("\"weight_map\"")
        ? ("the index of weights in several files", "put them into one: load each with safetensors.torch.load_file, save all with save_file")
        : ("JSON", "give the file that holds the weights")
    }
    let hasLayers = ["layer", "layers"].contains { name in
      [" {", "{", "  {"].contains { says("\n\(name)\($0)") || small.hasPrefix(name + $0) }
    }
    if hasLayers || says("input_param") || says("\ninput_dim:") {
      return ("a description of a network (.prototxt), which holds no weights", "give the .caffemodel that belongs to it")
    }
    if says("snapshot_prefix:") || says("base_lr:") {
      return ("settings of Caffe's solver (.prototxt), which hold no weights", "give a .caffemodel that it wrote")
    }
    if small.hasPrefix("ccollections") || small.hasPrefix("(dp") || small.hasPrefix("(lp") { return pickle }
    return ("text that begins with “\(words.split(whereSeparator: \.isNewline).first?.prefix(60) ?? "")”", Self.again)
  }

  // MARK: Archives and numbers at the beginning

  private var archive: Finding? {
    if begins("PK\u{3}\u{4}") || begins("PK\u{5}\u{6}") {
      if says("constants.pkl") || says("/code/__torch__") {
        return ("a TorchScript archive", convert("w = torch.jit.load(sys.argv[1], map_location=\"cpu\").state_dict()"))
      }
      if says("/archive_format") || path.hasSuffix(".pt2") {
        return ("an exported program of PyTorch (.pt2)", convert("w = torch.export.load(sys.argv[1]).state_dict"))
      }
      if says("data.pkl") { return ("a checkpoint of PyTorch (a zip of a pickle)", fromTorch) }
      if says(".weights.h5") { return keras }
      if says(".npy") {
        return (
          "NumPy's .npz",
          "if its names are those of torchvision or Caffe, convert it: "
            + python(
              "import sys, numpy as n, safetensors.numpy as s",
              "z = n.load(sys.argv[1])",
              "s.save_file({k: n.ascontiguousarray(z[k]) for k in z.files}, sys.argv[2])")
        )
      }
      return ("a zip archive", "unpack it and give the file with the weights")
    }
    if begins("ustar", at: 257) { return ("a tar archive", "unpack it with `tar -xf` and give the file with the weights") }
    let packed: [(name: String, magic: [UInt8])] = [
      ("gzip", [0x1F, 0x8B]), ("bzip2", Array("BZh".utf8)), ("xz", [0xFD] + Array("7zXZ".utf8)), ("zstd", [0x28, 0xB5, 0x2F, 0xFD]),
      ("7z", Array("7z".utf8) + [0xBC, 0xAF]), ("rar", Array("Rar!".utf8)),
    ]
    return packed.first { begins($0.magic) }.map { ("a file packed with \($0.name)", "unpack it and give the file with the weights") }
  }

  private var magic: Finding? {
    // 0x1950a86a20f9469cfc6c as a pickled number, with which PyTorch began its files before 1.6.
    if begins([0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19], at: 4) {
      return ("a checkpoint of PyTorch (a pickle, as before 1.6)", fromTorch)
    }
    if bytes.count > 2, bytes[0] == 0x80, 2...5 ~= bytes[1] { return pickle }
    if begins([0x89] + Array("HDF\r\n".utf8) + [0x1A, 0x0A]) || begins([0x89] + Array("HDF\r\n".utf8) + [0x1A, 0x0A], at: 512) {
      if begins("MATLAB") { return matlab }
      if says("keras_version") || says("layer_names") || says("model_weights") { return keras }
      return (
        "HDF5" + (path.lowercased().hasSuffix(".caffemodel.h5") ? ", as Caffe's .caffemodel.h5" : ""),
        "if Caffe wrote it, convert it: "
          + python(
            "import sys, h5py, safetensors.numpy as s",
            "d = h5py.File(sys.argv[1])[\"data\"]",
            "s.save_file({l + (\".weight\", \".bias\", \".2\")[int(i)]: d[l][i][()] for l in d for i in d[l]}, sys.argv[2])")
          + "; then import that with --format caffe"
      )
    }
    if begins("MATLAB") { return matlab }
    if begins([0x93] + Array("NUMPY".utf8)) {
      if says("'descr': '|O'") { return ("a pickled object of NumPy (.npy)", "weights need a name each: save them as safetensors") }
      return ("a single NumPy array (.npy)", "weights need a name each: save them as safetensors with safetensors.numpy.save_file")
    }
    if begins("GGUF") || ["lmgg", "tjgg", "fmgg", "algg"].contains(where: { begins($0) }) {
      return ("GGUF, made for llama.cpp", "give the weights that it was made of, as safetensors")
    }
    if begins("TFL3", at: 4) { return tensorFlow("a model of TensorFlow Lite") }
    let table: [UInt8] = [0x57, 0xFB, 0x80, 0x8B, 0x24, 0x75, 0x47, 0xDB]
    if bytes.count >= 8, bytes.suffix(8).elementsEqual(table) || path.contains(".data-00000-of-") {
      return tensorFlow("a checkpoint of TensorFlow")
    }
    if begins([0x12, 0x01, 0, 0, 0, 0, 0, 0]) {
      return ("MXNet's .params", "convert it to PyTorch or Caffe where it comes from, or take the net's weights from there")
    }
    return nil
  }

  // MARK: Protocol buffers that are no NetParameter

  private var message: Finding? {
    var fields = ProtobufFields(bytes)
    var (numbers, lengths): ([UInt64: Int], [UInt64: Int]) = ([:], [:])
    while let field = fields.next() {
      if case .bytes = field.value { lengths[field.number, default: 0] += 1 } else { numbers[field.number, default: 0] += 1 }
    }
    guard !fields.isMalformed else { return nil }
    if numbers[1] != nil, lengths[7] != nil, numbers[2] == nil {
      return (
        "an ONNX model",
        "if it has the names of torchvision, convert it: "
          + python(
            "import sys, onnx, onnx.numpy_helper as h, safetensors.numpy as s",
            "g = onnx.load(sys.argv[1]).graph",
            "s.save_file({t.name: h.to_array(t).copy() for t in g.initializer}, sys.argv[2])")
      )
    }
    if numbers[1] != nil, numbers[2] != nil || numbers[3] != nil, lengths[5] != nil {
      return ("a single blob of Caffe, such as a mean image (.binaryproto)", "give the .caffemodel; a mean goes with --mean r,g,b")
    }
    if numbers[1] != nil, lengths[3] != nil {
      return ("the state of Caffe's solver (.solverstate)", "give the .caffemodel of the same iteration")
    }
    if numbers[1] != nil, lengths[2] != nil { return tensorFlow("TensorFlow's SavedModel") }
    if lengths[1, default: 0] > 1 { return tensorFlow("a graph of TensorFlow") }
    return nil
  }

  // MARK: What is said of several

  private var pickle: Finding { ("a pickle of Python", "if PyTorch wrote it, " + fromTorch) }
  private var matlab: Finding {
    ("a MATLAB file (MatConvNet's, perhaps)", "take the net's weights from torchvision, or the .caffemodel that it was made of")
  }
  private var keras: Finding {
    ("weights of Keras, whose kernels lie as height × width × inputs × outputs", "take the net's weights from torchvision")
  }
  private func tensorFlow(_ what: String) -> Finding {
    (what, "its kernels lie in another order, which is not read: take the net's weights from torchvision")
  }

  private var fromTorch: String {
    convert(
      // A file, not its name: torch goes by the ending of a name.
      "w = torch.load(open(sys.argv[1], \"rb\"), map_location=\"cpu\", weights_only=True)",
      "w = w.state_dict() if hasattr(w, \"state_dict\") else w",
      "w = next((w[k] for k in (\"state_dict\", \"model_state_dict\", \"model\", \"net\") if isinstance(w.get(k), dict)), w)")
      + " (where torch finds other objects in it and you trust its author: weights_only=False)"
  }

  private func convert(_ load: String...) -> String {
    "convert it: "
      + python(
        ["import sys, torch, safetensors.torch as s"] + load + [
          "s.save_file({k: v.contiguous().clone() for k, v in w.items() if torch.is_tensor(v)}, sys.argv[2])"
        ])
  }

  private func python(_ lines: String...) -> String { python(lines) }
  /// A line for the shell, so that it can be copied as a whole.
  private func python(_ lines: [String]) -> String {
    let words = ["python3", "-c", lines.joined(separator: "; "), path, target]
    return words.map(ShellCommand.quoted).joined(separator: " ")
  }

  /// Where the converted file goes: beside this one, in the place of none.
  private var target: String {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    var name = String(parts.last ?? "weights")
    for ending in [".tar", ".safetensors", ".pth", ".pt", ".ckpt", ".bin", ".npz", ".h5", ".caffemodel", ".onnx", ".pkl", ".pt2"]
    where name.count > ending.count && name.lowercased().hasSuffix(ending) {
      name.removeLast(ending.count)
    }
    let base = (parts.dropLast() + [Substring(name)]).joined(separator: "/")
    return [".safetensors", "-converted.safetensors"].map { base + $0 }.first { !FileManager.default.fileExists(atPath: $0) }
      ?? base + "-converted-2.safetensors"
  }
}
