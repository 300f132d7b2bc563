import Core
import Testing

@testable import MIME

@Suite struct WritingTests {
  private func composed(_ change: (inout Composition) -> Void) throws -> (text: String, message: MIMEMessage)
  {
    var composition = Composition(
      from: try NamedAddress(address: EmailAddress("ann@example.com")), messageID: try MessageID("<a@b>"),
      date: Instant(microseconds: 0))
    change(&composition)
    let bytes = try composition.compose()
    return (String(decoding: bytes, as: UTF8.self), MIMEMessage(parsing: bytes))
  }

  @Test(arguments: [
    ("=?utf-8?Q?x?=.pdf", "filename*=utf-8''%3D%3Futf-8%3FQ%3Fx%3F%3D.pdf"),
    ("a=?b", "filename*=utf-8''a%3D%3Fb"),
    ("a.pdf", "filename=a.pdf"), ("a b?=.pdf", "filename=\"a b?=.pdf\""),
    ("\u{FC}.pdf", "filename*=utf-8''%C3%BC.pdf"),
  ])
  func `a file name that could be taken for an encoded word keeps its letters`(
    name: String, parameter: String
  ) throws {
    let (text, message) = try composed { $0.attachments = [Attachment(name: name, content: [1])] }
    #expect(text.contains(parameter + "\r\n"))
    #expect(message.attachments.map(\.name) == [name])
  }

  @Test(arguments: [
    ("info@b\u{FC}cher.example", "info@xn--bcher-kva.example"),
    ("a@B\u{DC}CHER.Example", "a@xn--bcher-kva.example"),
    ("a@bu\u{308}cher.example", "a@xn--bcher-kva.example"), ("a@例子.公司", "a@xn--fsqu00a.xn--55qx5d"),
    ("a@stra\u{DF}e.de", "a@xn--strae-oqa.de"), ("a@例子。公司", "a@xn--fsqu00a.xn--55qx5d"),
    ("a@\u{FF45}xample.com", "a@example.com"), ("a@Example.COM", "a@Example.COM"),
    // The local part needs a server that knows RFC 6531 in any case.
    ("j\u{F6}rg@b\u{FC}cher.example", "j\u{F6}rg@b\u{FC}cher.example"),
    // A label that gets too long has no A-label.
    (
      "a@一亱嗧囍夷娱嫬宦巣恳慨抝敲椛櫄浼湻照琏龠.example", "a@一亱嗧囍夷娱嫬宦巣恳慨抝敲椛櫄浼湻照琏龠.example"
    ),
  ])
  func `a domain outside ASCII is written in A-labels`(address: String, wire: String) throws {
    let given = try NamedAddress(name: "Bob", address: EmailAddress(address))
    let (text, message) = try composed { $0.to = [given] }
    #expect(text.replacing("\r\n ", with: " ").contains("To: Bob <\(wire)>\r\n"))
    #expect(message.addresses("To") == [given])
    #expect(message.headerRecipients.map(\.key) == [given.address.key])
    #expect(given.address.text == address)
    let added = try MIMEMessage.addingBcc([given.address], to: Array("To: x@y\r\n\r\n".utf8))
    #expect(MIMEMessage(parsing: added).addresses("Bcc").map(\.address) == [given.address])
  }

  /// RFC 3492 section 7.1.
  @Test(arguments: [
    ("ليهمابتكلموشعربي؟", "egbpdaj6bu4bxfgehfvwxn"), ("他们为什么不说中文", "ihqwcrb4cv8a8dqg056pqjye"),
    ("他們爲什麽不說中文", "ihqwctvzc91f659drss3x8bo0yb"),
    ("Pročprostěnemluvíčesky", "Proprostnemluvesky-uyb24dma41a"),
    ("למההםפשוטלאמדבריםעברית", "4dbcagdahymbxekheh6e0a7fei0b"),
    ("यहलोगहिन्दीक्योंनहींबोलसकतेहैं", "i1baa7eci9glrd9b2ae1bj0hfcgg6iyaf8o0a1dig0cd"),
    ("なぜみんな日本語を話してくれないのか", "n8jok5ay5dzabd5bym9f0cm5685rrjetr6pdxa"),
    ("почемужеонинеговорятпорусски", "b1abfaaepdrnnbgefbadotcwatmq2g4l"),
    ("PorquénopuedensimplementehablarenEspañol", "PorqunopuedensimplementehablarenEspaol-fmd56a"),
    ("TạisaohọkhôngthểchỉnóitiếngViệt", "TisaohkhngthchnitingVit-kjcr8268qyxafd2f1b9g"),
    ("3年B組金八先生", "3B-ww4c5e180e575a65lsy2b"),
    ("安室奈美恵-with-SUPER-MONKEYS", "-with-SUPER-MONKEYS-pc58ag80a8qai00g7n9n"),
    ("Hello-Another-Way-それぞれの場所", "Hello-Another-Way--fc4qua05auwb3674vfr0b"),
    ("ひとつ屋根の下2", "2-u9tlzr9756bt3uc0v"), ("MajiでKoiする5秒前", "MajiKoi5-783gue6qz075azm5e"),
    ("パフィーdeルンバ", "de-jg4avhby1noc0d"), ("そのスピードで", "d9juau41awczczp"), ("-> $1.00 <-", "-> $1.00 <--"),
  ])
  func `the samples of the Punycode RFC come out as it says`(text: String, encoded: String) {
    #expect(Punycode.encode(text.unicodeScalars) == encoded)
  }

  @Test(arguments: ["日本語", "Привет, мир! ", "😀", "aü漢😀", "ü", "Ελληνικά και "])
  func `an encoded word holds whole groups of three octets wherever characters allow`(piece: String) throws {
    let subject = String(repeating: piece, count: 60)
    let (text, message) = try composed { $0.subject = subject }
    #expect(message.subject == subject)
    let words = text.split(separator: "?b?").dropFirst().map { $0.prefix { $0 != "?" } }
    #expect(words.count > 2)
    for word in words.dropLast() { #expect(!word.hasSuffix("=") && word.utf8.count >= 36) }
  }
}
