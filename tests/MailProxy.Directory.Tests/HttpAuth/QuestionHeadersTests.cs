using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MailProxy.Directory.HttpAuth;
using MailProxy.Directory.Proofs;
using Xunit;

namespace MailProxy.Directory.Tests.HttpAuth;

public sealed class QuestionHeadersTests
{
    [Theory]
    [InlineData(true, "CRAM-MD5", "cram-md5")]
    [InlineData(false, "APOP", "apop")]
    public void A_digest_travels_with_its_challenge_as_nginx_sends_them(bool isKeyed, string mechanism, string method)
    {
        using var none = new Secret([]);
        var login = new AuthenticationRequest("a", "", none, mechanism, "pop3", null, true) { Proof = new DigestProof(isKeyed, "<1@host>", Convert.FromHexString("b913a602c7eda7a495b4e6e7334d3890")) };
        var headers = QuestionHeaders.OfLogin(login, passCertificate: false).ToDictionary();
        Assert.Equal((method, "<1@host>", "b913a602c7eda7a495b4e6e7334d3890"), (headers["Auth-Method"], headers["Auth-Salt"], headers["Auth-Pass"]));
    }

    [Fact]
    public void Everything_that_is_known_is_told()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=\"Smith, J\u00F6rg\",O=Example + Sons,C=DE", key, HashAlgorithmName.SHA256);
        using var certificate = request.Create(request.SubjectName, X509SignatureGenerator.CreateForECDsa(key), DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(90), [0x0A, 0xBC]);
        using var secret = new Secret("p"u8.ToArray());
        var login = new AuthenticationRequest("a", "", secret, "EXTERNAL", "submission", new IPEndPoint(IPAddress.Parse("2001:db8::7"), 7), true, new Facts(certificate));

        var headers = QuestionHeaders.OfLogin(login, passCertificate: true).ToDictionary();

        Assert.Equal("external", headers["Auth-Method"]);
        Assert.Equal("smtp", headers["Auth-Protocol"]);
        Assert.Equal("3", headers["Auth-Login-Attempt"]);
        Assert.Equal("2001:db8::7", headers["Client-IP"]);
        Assert.Equal("[UNAVAILABLE]", headers["Client-Host"]);
        Assert.Equal("on", headers["Auth-SSL"]);
        Assert.Equal("TLSv1.2", headers["Auth-SSL-Protocol"]);
        Assert.Equal("ECDHE-RSA-AES256-GCM-SHA384", headers["Auth-SSL-Cipher"]);
        Assert.Equal("SUCCESS", headers["Auth-SSL-Verify"]);
        Assert.Equal("CN=Smith\\, J\u00C3\u00B6rg,O=Example \\+ Sons,C=DE", headers["Auth-SSL-Subject"]);
        Assert.Equal(headers["Auth-SSL-Subject"], headers["Auth-SSL-Issuer"]);
        Assert.Equal("0ABC", headers["Auth-SSL-Serial"]);
        Assert.Equal(certificate.Thumbprint, headers["Auth-SSL-Fingerprint"], ignoreCase: true);
        Assert.StartsWith("-----BEGIN%20CERTIFICATE-----%0AMII", headers["Auth-SSL-Cert"], StringComparison.Ordinal);
        Assert.EndsWith("-----END%20CERTIFICATE-----%0A", headers["Auth-SSL-Cert"], StringComparison.Ordinal);
        Assert.Equal("imap s", headers["Listener"]);
        Assert.Equal("s1", headers["Session-Id"]);
        Assert.Equal("mail.example.org", headers["Server-Name"]);
    }

    [Fact]
    public void No_octet_that_could_end_a_header_comes_through()
    {
        var all = Enumerable.Range(0, 256).Select(octet => (byte)octet).ToArray();

        var escaped = HeaderText.Escape(all);

        Assert.DoesNotContain(escaped, character => character is <= ' ' or '\u007F');
        Assert.Equal(all, Unescape(escaped));
        Assert.DoesNotContain(HeaderText.Plain("a\r\nb\0c"), char.IsControl);
    }

    private static byte[] Unescape(string text)
    {
        var octets = new List<byte>();
        for (var index = 0; index < text.Length; index++)
        {
            octets.Add(text[index] == '%' ? Convert.ToByte(text.Substring(index + 1, 2), 16) : (byte)text[index]);
            index += text[index] == '%' ? 2 : 0;
        }

        return [.. octets];
    }

    private sealed record Facts(X509Certificate2 Certificate) : IClientFacts
    {
        public string Listener => "imap\ns";

        public string SessionId => "s1";

        public IPEndPoint? Local => null;

        public string? ServerName => "mail.example.org";

        public int Attempt => 3;

        public SslProtocols TlsProtocol => SslProtocols.Tls12;

        public string CipherSuite => "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384";
    }
}
