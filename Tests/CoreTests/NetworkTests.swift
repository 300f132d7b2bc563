import Core
import Testing

@Suite struct NetworkTests {
  @Test(arguments: [
    ("192.0.2.1", "192.0.2.1"), ("0.0.0.0", "0.0.0.0"), ("::1", "::1"), ("::", "::"),
    ("2001:DB8:0:0:0:0:0:1", "2001:db8::1"), ("2001:db8::1:0:0:1", "2001:db8::1:0:0:1"),
    ("1:0:2:0:3:0:4:0", "1:0:2:0:3:0:4:0"), ("fe80::1%eth0", "fe80::1"), ("::ffff:192.0.2.1", "192.0.2.1"),
    ("::ffff:c000:201", "192.0.2.1"), ("0:0:0:0:0:FFFF:127.0.0.1", "127.0.0.1"),
    ("64:ff9b::192.0.2.1", "64:ff9b::c000:201"),
    ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"), ("::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8"), ("1::", "1::"),
  ])
  func `an address is read in every form and written in one`(text: String, written: String) throws {
    #expect(try #require(IPAddress(text)).description == written)
  }

  @Test(arguments: [
    "", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.04", "0x7f.0.0.1", "2130706433", "127.1",
    " 1.2.3.4",
    "1.2.3.4 ", "+1.2.3.4", "1..2.3", ":", ":::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", "12345::",
    "g::1",
    "::1.2.3", "1.2.3.4::", "[::1]", "localhost", "1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8", "１.2.3.4",
    "%eth0",
    "1:2:3:4:5:6:7:1.2.3.4",
  ])
  func `what is no address is none`(text: String) {
    #expect(IPAddress(text) == nil)
  }

  @Test(arguments: [
    ("8.8.8.8", NetworkClass.global), ("2a01:4f8::1", .global), ("127.0.0.1", .loopback),
    ("127.255.255.254", .loopback),
    ("::1", .loopback), ("::ffff:127.0.0.1", .loopback), ("64:ff9b::7f00:1", .loopback),
    ("2002:7f00:1::1", .loopback),
    ("0.0.0.0", .unspecified), ("::", .unspecified), ("10.1.2.3", .private), ("172.16.0.1", .private),
    ("172.32.0.1", .global), ("192.168.1.1", .private), ("fd12::1", .private), ("fe80::1%2", .linkLocal),
    ("169.254.169.254", .linkLocal), ("::ffff:169.254.169.254", .linkLocal),
    ("64:ff9b::a9fe:a9fe", .linkLocal),
    ("2002:a9fe:a9fe::", .linkLocal), ("100.64.0.1", .shared), ("100.128.0.1", .global),
    ("224.0.0.1", .multicast),
    ("ff02::1", .multicast), ("198.51.100.7", .documentation), ("2001:db8::1", .documentation),
    ("255.255.255.255", .reserved), ("192.0.0.8", .reserved), ("::10.0.0.1", .reserved),
    ("2002:808:808::1", .global),
  ])
  func `every address has its class`(text: String, expected: NetworkClass) throws {
    #expect(try #require(IPAddress(text)).networkClass == expected)
  }

  @Test(arguments: [
    ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.1", false), ("0.0.0.0/0", "192.0.2.1", true),
    ("0.0.0.0/0", "::2", false), ("::/0", "2001:db8::1", true), ("192.0.2.1", "192.0.2.1", true),
    ("192.0.2.1/32", "192.0.2.2", false), ("fd00::/8", "fdff::1", true),
    ("2001:db8::/33", "2001:db8:8000::", false),
    ("::ffff:10.0.0.0/104", "10.1.2.3", true), ("10.0.0.0/8", "::ffff:10.1.2.3", true),
  ])
  func `a block holds its addresses`(block: String, address: String, isInside: Bool) throws {
    #expect(try #require(CIDR(block)).contains(try #require(IPAddress(address))) == isInside)
  }

  @Test(arguments: [
    "10.0.0.1/8", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/", "/8", "10.0.0.0/8/8", "fd00::/129",
    "::ffff:10.0.0.0/8", "x",
  ])
  func `what is no block is none`(text: String) {
    #expect(CIDR(text) == nil)
  }
}
