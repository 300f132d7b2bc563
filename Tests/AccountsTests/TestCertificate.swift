import Core

/// A certificate with its key, made with OpenSSL for these tests alone; valid for a hundred years.
enum TestCertificate {
  static let thumbprint = "a7k1cFsMvSzh4Kqgze_zePmbnjNcCbqqhCTO7XaOP7c"
  static let notAfter = Instant(microseconds: 4948828528 * 1_000_000)

  static var pem: Secret { Secret(certificate + "\n" + key + "\n") }

  static let certificate = """
    -----BEGIN CERTIFICATE-----
    MIIDKTCCAhGgAwIBAgIUd4Yc3BpBIIbbY+b0yJ0D4ZW9e3YwDQYJKoZIhvcNAQEL
    BQAwIzEhMB8GA1UEAwwYaGVsaW9ncmFwaCBhY2NvdW50cyB0ZXN0MCAXDTI2MTEy
    MTAyMzUyOFoYDzIxMjYxMDI4MDIzNTI4WjAjMSEwHwYDVQQDDBhoZWxpb2dyYXBo
    IGFjY291bnRzIHRlc3QwggEiMA0GCSqGSIb3DQEBAQUAA4IBDwAwggEKAoIBAQCf
    vL2bX5WZlyTU7gTQIFNIbxssC+ysS+NE17WbuXYTZxWPM2CJWuIvXD3JzCoKysVi
    e8RmFMcP23T6bCtCGIuCjdzQM6pcrRYVR4Ce543gWjemQ4WMF6asbMf2IpjlmglK
    l9guPhuyApksO7tbQhW94lPt8Brd7uY8ajIIZyBySY4kw6KJFfBd/KY9uIr9xUwn
    /SzdqS1V6XgOrjblGyi1MxIIfNeJZqPCyyPrROnQWfdDAtRuPy/b9kMNFPy0qECM
    W1+4zBN4FVTSGb1e6qfL7JLkbfRDKeskq2JfZlo5mRXQqNJsxg9EJaacsYi6xXQS
    MDzuMm1aYdxZOfc2h8tLAgMBAAGjUzBRMB0GA1UdDgQWBBT3cJvu2FFN5boJXUHw
    ei54IsmrNTAfBgNVHSMEGDAWgBT3cJvu2FFN5boJXUHwei54IsmrNTAPBgNVHRMB
    Af8EBTADAQH/MA0GCSqGSIb3DQEBCwUAA4IBAQA8CaN2uoNK/mmhk561YjHF66xd
    J6zbWB9zD/kVMSsP9UbDWW9V7gt1O3z5YhQXZy48Sp0J1PIFCG4oW/H8T+J5uG6C
    31lVqPKOD+j/4llywmw7xPe0o+M/USk2KOML/OkKsaieI3BbOOCK2CLLgN/XyeJW
    6Zbnzv1xarbsqvFVkP7bHVc6/1t5iQdUdUYvy85EIxX2NuhobEZNfB6cVAYOlRzl
    9zn07eE6G/XX9SaXTMkgDqXaIiNUOqFr4RbrqOLR8JXajK+2gkMq0Kgm9fLV3nr4
    ygulma60hfRa1NMlg1/KtyjW7AX19UCjT27aE/Jqv5cq5qbEXdUSQaTUAyOq
    -----END CERTIFICATE-----
    """

  static let key = """
    -----BEGIN PRIVATE KEY-----
    MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQCfvL2bX5WZlyTU
    7gTQIFNIbxssC+ysS+NE17WbuXYTZxWPM2CJWuIvXD3JzCoKysVie8RmFMcP23T6
    bCtCGIuCjdzQM6pcrRYVR4Ce543gWjemQ4WMF6asbMf2IpjlmglKl9guPhuyApks
    O7tbQhW94lPt8Brd7uY8ajIIZyBySY4kw6KJFfBd/KY9uIr9xUwn/SzdqS1V6XgO
    rjblGyi1MxIIfNeJZqPCyyPrROnQWfdDAtRuPy/b9kMNFPy0qECMW1+4zBN4FVTS
    Gb1e6qfL7JLkbfRDKeskq2JfZlo5mRXQqNJsxg9EJaacsYi6xXQSMDzuMm1aYdxZ
    Ofc2h8tLAgMBAAECggEATXlTVQp1GntOJ+ARgYhMHHOW8DQQZDiiT/93W8IF3L9A
    m6XFipkD3wiUB034jiduuKdiyEgHjE9aWyMfj/0rnPSFRo3ocO6aKVP2tBuGmmvn
    VcKmAR5vfm18RordMW8WVpFzDmqdMCdGd0e5RTe2J9Sf9GViAoYeMOsovR6XhBYX
    2Y7zn3D4A2su1OlbHqocfHsOCy0N4QhQzdTidPtwKTrbs+k2XwKSDs8O36ylgHzb
    zbrlOMZUsvlLMTVIgwj5T6fYkIOkoASbOuk5TaFd67+zPf3OhD98Gu4Zeni3+/xX
    uUIyz5GpXbNwYDoF5OghIguFta/q0lg1rxh3IsbcMQKBgQDdnGGGqRXdLZakm+/5
    XjL0aMAiWDSrOU+6cEw+0KunF2eW49rloS9aKTx7jDkOHcrluseL2m9+An+OXyWe
    KPUCq1t83uyWoYa3q9QIE+fdCnxbn9JXCs8Q6Joyhn1tteFl3yGB0RXFENLMKlQh
    IwJdeA7TwlCX0pv80xBhMMcTzwKBgQC4hmVBqRm07G4rxN1U2UaUMczc2qPXIKh7
    BzbYq7x51LrmD1jQSdp3Wcs9y/RY+WXQc8Tmc6n1ZQ2iP4dlb+9BnF8QnDYCV3UO
    lX4RPr9eY9blBkM1/D2plgLQxmJnloM6DeUX7U16QUQ19ReHROt8cyUBPBLMJ0/F
    ZydkvSvjxQKBgCTf9ZZroji4cj2XuPmchAwJNhdA6BqpoaubLgSxwi4+hb0k0vKs
    vG1bOTYxofjIWk+ZocSSp0Snc8Qj7uV/WS2Fh+aiTWnPHNSJIfHqJgWwzfqNAHn9
    UXE10xqfKFXOEuBZnYC1YtL0tq7ESFVvNuCIrqbryW9J2yzZjfsuG6IfAoGBAJXh
    E/3xTGAYaqRCk0SH9zwH906siMgETtUfVv1HASA0GlsjvA/y7PBkjyDyuNZMPNbE
    Mfq9mB8qpZhT4bYS5VN1oAHt4DCmuP3Pj0aSoP4aOkJsg8slxzAoGMFbYjKhnpVZ
    E+wLZBMZUD5DhYjqAhxjqnsGQH5yr+i3kNfSkAPBAoGAAdDdxpEDn0awiRt9gRYa
    EsxuSCiuyeHCLp2bidg1CrLJXKuGviEtoxRbdZdtTUGKJ5gMh58UVfoizOAAipl4
    JBEFzFEUjxUdM7dXgfeW6CEKqy7PYfMFPXFFobDgDiXTQ5YFPta/VTdeFkUczHgu
    ZSj3m8j3nXs/LnKaME+tSsI=
    -----END PRIVATE KEY-----
    """
}
