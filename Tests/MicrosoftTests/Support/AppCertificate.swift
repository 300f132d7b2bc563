/// A certificate for an app with its key, made with OpenSSL for these tests alone; valid for a hundred years.
enum AppCertificate {
  /// What OpenSSL says of it.
  static let thumbprint = "mkGR9s6NjlvBbbd_jxFikkCCtykJAkVFZybOtTAxgbk"
  static let portalThumbprint = "02DC9161CA134AD506FEFC0400B09EE61EC02BFC"
  static let notBefore: Int64 = 1795227098
  static let notAfter: Int64 = 4948827098

  static let certificate = """
    -----BEGIN CERTIFICATE-----
    MIIDFzCCAf+gAwIBAgIUM8fdH+eA/u9L0hRPNVXKilorUvMwDQYJKoZIhvcNAQEL
    BQAwGjEYMBYGA1UEAwwPaGVsaW9ncmFwaCB0ZXN0MCAXDTI2MTEyMTAyMTEzOFoY
    DzIxMjYxMDI4MDIxMTM4WjAaMRgwFgYDVQQDDA9oZWxpb2dyYXBoIHRlc3QwggEi
    MA0GCSqGSIb3DQEBAQUAA4IBDwAwggEKAoIBAQDS2QJHp+CLY0Q8ck+bqUfX2x3i
    LNOCy2T0Zyb2ttecXoQ83BJoVeqmGX46HDcYLTK0N9gz0yqzy5iqTcNwdq1iBt3C
    662s+NG1pkLBu7GQ+hjGud/0U4LuHKQXeQzNeern5ysKCzcqaxveBqUurC6UZDvI
    /RIYbx5v4UjzX29j2o8eklxeVurH5OQpYeTScGEdNyuANI1MTckJSKu3gF0HAd4x
    1e6ZPmcM5CFR0ilZzKgzn9dHtBhnIeNfaOnM3aLJn4Ha5IMoTyI62IcWoRa7S5DO
    j+disx82isIoLMpaTXOR+iTEpHivtqd9p9l0Q5a8QCBHImOcVgkGrdfZxx5hAgMB
    AAGjUzBRMB0GA1UdDgQWBBRfMJ59/wK6Cg6DcWv8bS5wRnKJ1TAfBgNVHSMEGDAW
    gBRfMJ59/wK6Cg6DcWv8bS5wRnKJ1TAPBgNVHRMBAf8EBTADAQH/MA0GCSqGSIb3
    DQEBCwUAA4IBAQCqvT1wMKR9sh1qFimQ+M6Ivclk6rgFp9YwjZ3BfQvt6et0WGJN
    hep+pO6ElkFhQpOEiFbUn9tA3ULV0IkBT30DUdYtkaVqhrmkCDIBPEMs16WNs0YX
    WaTiLAjrvIcqW1bUbi6X6DBVqlisWHah3Wq4qV5Traa46Tv9KH3jdBGB3HdDEye4
    QodeZYnIrEGVut7qyfRxF4T6eFOSWc2P+UAwn/vYwHR/KeY3lwjtnvB0+uPKUY6j
    cgyXnPay/BG9Nqvnp/xYO1Eusku9//oFoKBhxpt7r9YuUxLQrt8TnXLWkDZNT5vo
    XleN51s16g8ATQAcTGANtOKvvgPvukTMGr7k
    -----END CERTIFICATE-----
    """

  static let key = """
    -----BEGIN PRIVATE KEY-----
    MIIEvgIBADANBgkqhkiG9w0BAQEFAASCBKgwggSkAgEAAoIBAQDS2QJHp+CLY0Q8
    ck+bqUfX2x3iLNOCy2T0Zyb2ttecXoQ83BJoVeqmGX46HDcYLTK0N9gz0yqzy5iq
    TcNwdq1iBt3C662s+NG1pkLBu7GQ+hjGud/0U4LuHKQXeQzNeern5ysKCzcqaxve
    BqUurC6UZDvI/RIYbx5v4UjzX29j2o8eklxeVurH5OQpYeTScGEdNyuANI1MTckJ
    SKu3gF0HAd4x1e6ZPmcM5CFR0ilZzKgzn9dHtBhnIeNfaOnM3aLJn4Ha5IMoTyI6
    2IcWoRa7S5DOj+disx82isIoLMpaTXOR+iTEpHivtqd9p9l0Q5a8QCBHImOcVgkG
    rdfZxx5hAgMBAAECggEAJ3Viwpe1g0hwvvIymUJBFnGkgk0ayTW4vy9lwJKfv50F
    mOEjlcCMcQjA0W2x1tWwkT8JOEuqyGqP98ElU/D1yixYSI/0GPSYxGqowBpY5PWU
    +O3UrmQJkverstPd1D9eeYdOy+qk6IyScsbiF120OuOWN6s6vXVgKBZsYVVpInGv
    0ICX2rutqgxprbkWiEtCllioOyiJ96dx1U4hcbrEmXtODtXN4ckd2cM3ByjPdYak
    pN3e40KsKfz5NlHUzPNQsqp4rotzWJIR+7bqDVk/NUy9mdX2QPlKKjtsPkiewNzj
    Hcif2/CFuiUZIQd3V328Abn6w0mset2h4RQnBig0xQKBgQDtG0TenFvSeNlXMTxx
    gmP5qNWGsHGrX+yhMXDiVbN92jkbVgnKRYE+97WE7TXS9szpXRiVKgqBdcyt5E9D
    yBLP359b5+U7exifyyeblVS6AMUKYihaS6THM1hZXVV5WdJzlTRobPTUJxLCdmRP
    XNN37M1rDBKLKwuFg4wcrLQS5QKBgQDjphYqY9v/IE3VMmg/o6YBJ5h69c6JkI0l
    N+fX1DXS7C9QUjzpyug4NvlLr4V8BMQ5GbJhpZHDzjTLYM9ZY4FqkOQVKshC8Xla
    htdYsh5qK3QqD0IZIzwCucUKnXS6YkhKM88cHxIvYFVNf9rGs7C7c4eXZzA5XVxC
    zVQrDvM5zQKBgEWvNv1p3L6tz8qFaOs/VByi1yZ/otioF4aEXlXWtCrvwMrc7YGq
    DcMw0ANiJ+h5ql2Hg9sLAQ1tTptotzcHjSfU5CQBsmhZ1DHaZiieqckEwuQ7Vvq6
    spHs8DFLcfx5PpXDqyRpqUbUuPm4C+EbOfdL/E9Su/x0yS0TLVGcHExVAoGBAL19
    yoWOidlb8m28f7o5Zj0f0HTJlxo7EMIiPwIQypy/rMKXMc0J8TKZz/mIKPyKmytM
    kIdnYmYyhw+jjfVCNr+Vy8Uyz2+pwPHxu99ApMCLWy6HdOWnxpQePj4PwtJCbRoW
    9hbaZjC5Z0gTXPB5MmtWR09nvWSCqgGRGLaewychAoGBAME+InVcvCQnIAXHFsuw
    Ng0PEoLNE376K+W3hz4kS+IhGGHEMMBEgPI3GN7bcfs2M643lmcG5Xs4SVAoUQ06
    mDFR/JSlWXdpEyDbzy6FWARPHF8Ni1IdY4Mxxq1Fjz5N/qegv+5KvArbC4pt4EAy
    ircXng/1Qly1of9P2vW4NtBp
    -----END PRIVATE KEY-----
    """

  /// The same key as PKCS #1 writes it.
  static let traditionalKey = """
    -----BEGIN RSA PRIVATE KEY-----
    MIIEpAIBAAKCAQEA0tkCR6fgi2NEPHJPm6lH19sd4izTgstk9Gcm9rbXnF6EPNwS
    aFXqphl+Ohw3GC0ytDfYM9Mqs8uYqk3DcHatYgbdwuutrPjRtaZCwbuxkPoYxrnf
    9FOC7hykF3kMzXnq5+crCgs3Kmsb3galLqwulGQ7yP0SGG8eb+FI819vY9qPHpJc
    Xlbqx+TkKWHk0nBhHTcrgDSNTE3JCUirt4BdBwHeMdXumT5nDOQhUdIpWcyoM5/X
    R7QYZyHjX2jpzN2iyZ+B2uSDKE8iOtiHFqEWu0uQzo/nYrMfNorCKCzKWk1zkfok
    xKR4r7anfafZdEOWvEAgRyJjnFYJBq3X2cceYQIDAQABAoIBACd1YsKXtYNIcL7y
    MplCQRZxpIJNGsk1uL8vZcCSn7+dBZjhI5XAjHEIwNFtsdbVsJE/CThLqshqj/fB
    JVPw9cosWEiP9Bj0mMRqqMAaWOT1lPjt1K5kCZL3q7LT3dQ/XnmHTsvqpOiMknLG
    4hddtDrjljerOr11YCgWbGFVaSJxr9CAl9q7raoMaa25FohLQpZYqDsoifencdVO
    IXG6xJl7Tg7VzeHJHdnDNwcoz3WGpKTd3uNCrCn8+TZR1MzzULKqeK6Lc1iSEfu2
    6g1ZPzVMvZnV9kD5Sio7bD5InsDc4x3In9vwhbolGSEHd1d9vAG5+sNJrHrdoeEU
    JwYoNMUCgYEA7RtE3pxb0njZVzE8cYJj+ajVhrBxq1/soTFw4lWzfdo5G1YJykWB
    Pve1hO010vbM6V0YlSoKgXXMreRPQ8gSz9+fW+flO3sYn8snm5VUugDFCmIoWkuk
    xzNYWV1VeVnSc5U0aGz01CcSwnZkT1zTd+zNawwSiysLhYOMHKy0EuUCgYEA46YW
    KmPb/yBN1TJoP6OmASeYevXOiZCNJTfn19Q10uwvUFI86croODb5S6+FfATEORmy
    YaWRw840y2DPWWOBapDkFSrIQvF5WobXWLIeait0Kg9CGSM8ArnFCp10umJISjPP
    HB8SL2BVTX/axrOwu3OHl2cwOV1cQs1UKw7zOc0CgYBFrzb9ady+rc/KhWjrP1Qc
    otcmf6LYqBeGhF5V1rQq78DK3O2Bqg3DMNADYifoeapdh4PbCwENbU6baLc3B40n
    1OQkAbJoWdQx2mYonqnJBMLkO1b6urKR7PAxS3H8eT6Vw6skaalG1Lj5uAvhGzn3
    S/xPUrv8dMktEy1RnBxMVQKBgQC9fcqFjonZW/JtvH+6OWY9H9B0yZcaOxDCIj8C
    EMqcv6zClzHNCfEymc/5iCj8ipsrTJCHZ2JmMocPo431Qja/lcvFMs9vqcDx8bvf
    QKTAi1suh3Tlp8aUHj4+D8LSQm0aFvYW2mYwuWdIE1zweTJrVkdPZ71kgqoBkRi2
    nsMnIQKBgQDBPiJ1XLwkJyAFxxbLsDYNDxKCzRN++ivlt4c+JEviIRhhxDDARIDy
    Nxje23H7NjOuN5ZnBuV7OElQKFENOpgxUfyUpVl3aRMg288uhVgETxxfDYtSHWOD
    McatRY8+Tf6noL/uSrwK2wuKbeBAMoq3F54P9UJctaH/T9r1uDbQaQ==
    -----END RSA PRIVATE KEY-----
    """

  /// RSA with 1024 bits.
  static let smallKey = """
    -----BEGIN PRIVATE KEY-----
    MIICdgIBADANBgkqhkiG9w0BAQEFAASCAmAwggJcAgEAAoGBAK9OaxUx7Esljrnk
    75tiayLHOfPhq+92tocVwRyDtAqi3l8zEoJ/EkMLNWK79wYFO4HVvK4fMllUeg9q
    yfFAPcg7OZ0YtBLX5o+irj5RxF/oqRm97Kvag9ozNky+Z8WH7vL0qYh+tXYnIFQu
    MTb/3Dy67Mcu9iZ05yV8smrImaElAgMBAAECgYALVLo/KHbpdIgBI/cIyBe8q7vn
    M5L1a2ro2FMfELQ2a8iLxrVPkf8QLk1JEHUrAnOSNMp5RrLuazNog7KB0XEswKFR
    RruW/bSnGz26xqmXg+0BPceYDOW3qlTvQiwaQkMzC3LwasBqKMlqH8LbS6YN+bEO
    Iy3yF+tjbOoR7ET1gQJBANpOs8k4gLhyAsvfIVTTJvjaf1ja9yJHAevzPg63mT6L
    TGokFmRB2/FkJGjH7hRO+21TrKAePeFK1i0xEImsza0CQQDNkwuiWKgK7dpxeHMF
    3USwrp+LdHdJ5gbuRCuBy/JeVRE6oMUoqfAyIoHkDXtKtvo/ZOYWNhv0N02ZoNlC
    IqBZAkAe6YYLuDSB6aL7u1y85ilek5H0wwy7jdJ31rmy28yXTqJDZVjGWY0LYWLG
    c4kC1yxDDtYi1iVtAWvSemAdHpsBAkAUHOrqe1oVl6fjqjE2xatOzgb2EfMJ2+OZ
    tDm9fUK9T/1bixc/H0FM5mtm8Jq7eKOLSEfqrGiXwEFrYn1fJxwhAkEApit0HAVO
    bKl6OvaRYhDsJGhr9LMsYt0VG2/2uvUqQzFwPi6J5ijywhf9zk/Gje66VGCW6OPu
    6DNWlNOw5Vul4w==
    -----END PRIVATE KEY-----
    """

  static let smallCertificate = """
    -----BEGIN CERTIFICATE-----
    MIIB/jCCAWegAwIBAgIUHGggoe9UUqZ9mIpiXdyHflBiU/QwDQYJKoZIhvcNAQEL
    BQAwEDEOMAwGA1UEAwwFc21hbGwwIBcNMjYxMTIxMDIxMzQwWhgPMjEyNjEwMjgw
    MjEzNDBaMBAxDjAMBgNVBAMMBXNtYWxsMIGfMA0GCSqGSIb3DQEBAQUAA4GNADCB
    iQKBgQCvTmsVMexLJY655O+bYmsixznz4avvdraHFcEcg7QKot5fMxKCfxJDCzVi
    u/cGBTuB1byuHzJZVHoPasnxQD3IOzmdGLQS1+aPoq4+UcRf6KkZveyr2oPaMzZM
    vmfFh+7y9KmIfrV2JyBULjE2/9w8uuzHLvYmdOclfLJqyJmhJQIDAQABo1MwUTAd
    BgNVHQ4EFgQU2bF+jzm6CVOFkpDi2GDr5sRFRUYwHwYDVR0jBBgwFoAU2bF+jzm6
    CVOFkpDi2GDr5sRFRUYwDwYDVR0TAQH/BAUwAwEB/zANBgkqhkiG9w0BAQsFAAOB
    gQBP48CDagPGnQyZT8cblQZttNqw773rDq4GGqVVF7a/ifmbeMNYd5xfI2rjFwtl
    R0pRxheUJqkcjJXimNKj9BNb7lbbuFnQD6hKk5Hg8OoYCgqSNuALpEJLGGiyDDtd
    wvs0i5Ra/8kLYrgR1fYM3IxjfpU+AhwKEBplDcigXQGwUg==
    -----END CERTIFICATE-----
    """
}
