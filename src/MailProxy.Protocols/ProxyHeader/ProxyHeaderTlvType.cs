namespace MailProxy.Protocols.ProxyHeader;

/// <summary>Types of proxy-protocol.txt 2.2.1 to 2.2.9 that are read or written here.</summary>
internal enum ProxyHeaderTlvType : byte
{
    Alpn = 0x01,
    Authority = 0x02,
    Crc32C = 0x03,
    UniqueId = 0x05,
    Ssl = 0x20,
    SslVersion = 0x21,
    SslCommonName = 0x22,
    SslCipher = 0x23,
}
