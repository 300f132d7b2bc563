import Foundation

/// A domain name in the form that DNS and older mail servers know (RFC 5890 section 2.3.2.1).
enum DomainName {
  private static let prefix = "xn--"

  /// In lower case and A-labels; `nil` for what has no such form, because a label or the name gets too long.
  ///
  /// Labels are mapped as RFC 5895 section 2 advises: lower case, wide and narrow forms replaced, and composed.
  /// Whether IDNA 2008 permits their characters is for the registries to say, not for us.
  static func ascii(_ domain: String) -> String? {
    if domain.utf8.allSatisfy({ $0 < 0x80 }) { return domain.lowercased() }
    let mapped = domain.lowercased().precomposedStringWithCompatibilityMapping.lowercased()
    var labels: [String] = []
    for label in mapped.split(whereSeparator: { ".。".contains($0) }) {
      guard let label = aLabel(label), label.utf8.count <= EmailAddress.maximumLabel else { return nil }
      labels.append(label)
    }
    let name = labels.joined(separator: ".")
    return name.isEmpty || name.utf8.count > EmailAddress.maximumDomain ? nil : name
  }

  private static func aLabel(_ label: Substring) -> String? {
    if label.utf8.allSatisfy({ $0 < 0x80 }) { return String(label) }
    return Punycode.encode(label.unicodeScalars).map { prefix + $0 }
  }
}

/// RFC 3492, with the parameters of its section 5.
enum Punycode {
  private static let base: UInt32 = 36
  private static let tMin: UInt32 = 1
  private static let tMax: UInt32 = 26
  private static let skew: UInt32 = 38
  private static let damp: UInt32 = 700
  private static let initialBias: UInt32 = 72
  private static let initialN: UInt32 = 128

  /// Section 6.3; `nil` where the numbers would pass 32 bits (section 6.4).
  static func encode(_ scalars: some Collection<Unicode.Scalar>) -> String? {
    let points = scalars.map(\.value)
    let basic = points.filter { $0 < initialN }
    var output = String(String.UnicodeScalarView(scalars.filter(\.isASCII)))
    if !basic.isEmpty { output += "-" }
    var (n, delta, bias) = (initialN, UInt32(0), initialBias)
    var handled = UInt32(basic.count)
    while handled < points.count {
      guard let next = points.filter({ $0 >= n }).min() else { return nil }
      let (step, overflows) = (next - n).multipliedReportingOverflow(by: handled + 1)
      let (sum, overflowsToo) = delta.addingReportingOverflow(step)
      guard !overflows, !overflowsToo else { return nil }
      (n, delta) = (next, sum)
      for point in points {
        if point < n { delta += 1 }
        guard point == n else { continue }
        output += integer(delta, bias)
        bias = adapted(delta, handled + 1, isFirst: handled == basic.count)
        delta = 0
        handled += 1
      }
      delta += 1
      n += 1
    }
    return output
  }

  /// A number in digits whose weights depend on the bias (section 3.3).
  private static func integer(_ delta: UInt32, _ bias: UInt32) -> String {
    var digits = ""
    var q = delta
    var k = base
    while true {
      let t = k <= bias ? tMin : min(tMax, k - bias)
      if q < t { break }
      digits.append(digit(t + (q - t) % (base - t)))
      q = (q - t) / (base - t)
      k += base
    }
    digits.append(digit(q))
    return digits
  }

  private static func digit(_ value: UInt32) -> Character {
    Character(Unicode.Scalar(UInt8(value < 26 ? 0x61 + value : 0x30 + value - 26)))
  }

  /// Section 6.1.
  private static func adapted(_ delta: UInt32, _ count: UInt32, isFirst: Bool) -> UInt32 {
    var delta = isFirst ? delta / damp : delta / 2
    delta += delta / count
    var k: UInt32 = 0
    while delta > (base - tMin) * tMax / 2 {
      delta /= base - tMin
      k += base
    }
    return k + (base - tMin + 1) * delta / (delta + skew)
  }
}
