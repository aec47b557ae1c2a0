using System.Collections.Frozen;

namespace MailProxy.Directory.HttpAuth;

/// <summary>OpenSSL's names of cipher suites, which nginx sends; TLS 1.3 suites are named as IANA names them.</summary>
internal static class CipherNames
{
    private static readonly FrozenDictionary<string, string> Names = new Dictionary<string, string>
    {
        ["TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"] = "ECDHE-ECDSA-AES128-GCM-SHA256",
        ["TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"] = "ECDHE-ECDSA-AES256-GCM-SHA384",
        ["TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"] = "ECDHE-ECDSA-CHACHA20-POLY1305",
        ["TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"] = "ECDHE-RSA-AES128-GCM-SHA256",
        ["TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384"] = "ECDHE-RSA-AES256-GCM-SHA384",
        ["TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"] = "ECDHE-RSA-CHACHA20-POLY1305",
        ["TLS_DHE_RSA_WITH_AES_128_GCM_SHA256"] = "DHE-RSA-AES128-GCM-SHA256",
        ["TLS_DHE_RSA_WITH_AES_256_GCM_SHA384"] = "DHE-RSA-AES256-GCM-SHA384",
        ["TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256"] = "DHE-RSA-CHACHA20-POLY1305",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>OpenSSL's name, else the one given.</summary>
    public static string Of(string iana) => Names.GetValueOrDefault(iana, iana);
}
