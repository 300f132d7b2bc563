/// Bytes that wait until they can be handed on: cheap to add to, one by one or many, and to empty.
struct Scratch: Sendable {
  /// Those from `count` on mean nothing.
  private var slots: [UInt8] = []
  private(set) var count = 0

  var isEmpty: Bool { count == 0 }

  mutating func append(_ byte: UInt8) {
    if count == slots.count { grow(by: 1) }
    slots[count] = byte
    count &+= 1
  }

  mutating func append(_ bytes: UnsafeRawBufferPointer) {
    if slots.count &- count < bytes.count { grow(by: bytes.count) }
    let start = count
    slots.withUnsafeMutableBytes { slots in
      guard let target = slots.baseAddress, let source = bytes.baseAddress else { return }
      (target + start).copyMemory(from: source, byteCount: bytes.count)
    }
    count = start &+ bytes.count
  }

  mutating func removeAll() {
    count = 0
  }

  func withBytes<Result>(
    _ body: (UnsafeRawBufferPointer) throws(JSONError) -> Result
  ) throws(JSONError) -> Result {
    try slots.withUnsafeBufferPointer { (slots) throws(JSONError) in
      try body(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(slots)[..<count]))
    }
  }

  @inline(never)
  private mutating func grow(by need: Int) {
    slots.append(contentsOf: repeatElement(0, count: max(need, slots.count, 1024)))
  }
}
