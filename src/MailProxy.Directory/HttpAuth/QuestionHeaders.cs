using System.Globalization;
using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MailProxy.Directory.Proofs;

namespace MailProxy.Directory.HttpAuth;

// ngx_mail_auth_http_module, ngx_mail_auth_http_create_request:
//   Auth-Method, Auth-User, Auth-Pass, [Auth-Salt: the challenge of CRAM-MD5 and APOP], Auth-Protocol, Auth-Login-Attempt, Client-IP, [Client-Host], [Auth-SMTP-Helo, -From, -To],
//   [Auth-SSL, Auth-SSL-Protocol, -Cipher, [-Verify, -Subject, -Issuer, -Serial, -Fingerprint, [-Cert]]], configured ones
// and, ours: Client-Port, Server-Name, Listener, Session-Id.

/// <summary>Writes a question as request headers. Pure.</summary>
internal static class QuestionHeaders
{
    // nginx without a resolver says so of each SMTP client; of others it says nothing.
    private const string UnknownHost = "[UNAVAILABLE]";

    /// <summary>A login.</summary>
    /// <param name="request">What is asked.</param>
    /// <param name="passCertificate">Send the client's certificate itself, too.</param>
    public static List<KeyValuePair<string, string>> OfLogin(AuthenticationRequest request, bool passCertificate)
    {
        var headers = new Builder()
            .Add("Auth-Method", MethodOf(request.Mechanism))
            .Add("Auth-User", HeaderText.Escape(request.AuthenticationId))
            .Add("Auth-Pass", request.Proof is DigestProof answer ? answer.Digest : HeaderText.Escape(request.Secret.Octets.Span));
        if (request.Proof is DigestProof asked)
        {
            headers.Add("Auth-Salt", HeaderText.Escape(asked.Challenge));
        }

        headers.Add("Auth-Protocol", ProtocolOf(request.Protocol))
            .Add("Auth-Login-Attempt", (request.Facts?.Attempt ?? 1).ToString(CultureInfo.InvariantCulture));
        if (request.Client is { } client)
        {
            headers.Add("Client-IP", client.Address.ToString()).Add("Client-Port", client.Port.ToString(CultureInfo.InvariantCulture));
        }

        if (request.Protocol == "submission")
        {
            headers.Add("Client-Host", UnknownHost);
        }

        if (request.IsEncrypted)
        {
            headers.Add("Auth-SSL", "on");
            AddTls(headers, request.Facts, passCertificate);
        }

        if (request.Facts is { } facts)
        {
            headers.Add("Listener", HeaderText.Plain(facts.Listener)).Add("Session-Id", HeaderText.Plain(facts.SessionId));
            if (facts.ServerName is { Length: > 0 } name)
            {
                headers.Add("Server-Name", HeaderText.Escape(name));
            }
        }

        return headers.All;
    }

    /// <summary>An address, asked as nginx asks about a recipient of mail without login. Of the client nothing is known here.</summary>
    public static List<KeyValuePair<string, string>> OfLookUp(string address) => new Builder()
        .Add("Auth-Method", "none")
        .Add("Auth-User", "")
        .Add("Auth-Pass", "")
        .Add("Auth-Protocol", "smtp")
        .Add("Auth-Login-Attempt", "1")
        .Add("Client-Host", UnknownHost)
        .Add("Auth-SMTP-Helo", "")
        .Add("Auth-SMTP-From", "MAIL FROM:<>")
        .Add("Auth-SMTP-To", $"RCPT TO:<{HeaderText.Plain(address)}>")
        .All;

    private static string MethodOf(string mechanism) => mechanism switch
    {
        "PLAIN" or "LOGIN" or "USER" => "plain",
        _ => mechanism.ToLowerInvariant(),
    };

    private static string ProtocolOf(string protocol) => protocol == "submission" ? "smtp" : protocol;

    private static void AddTls(Builder headers, IClientFacts? facts, bool passCertificate)
    {
        var version = facts?.TlsProtocol switch
        {
            SslProtocols.Tls12 => "TLSv1.2",
            SslProtocols.Tls13 => "TLSv1.3",
            _ => null,
        };
        if (version is not null)
        {
            headers.Add("Auth-SSL-Protocol", version).Add("Auth-SSL-Cipher", CipherNames.Of(facts!.CipherSuite));
        }

        if (facts?.Certificate is { } certificate)
        {
            headers.Add("Auth-SSL-Verify", "SUCCESS")
                .Add("Auth-SSL-Subject", HeaderText.Plain(DistinguishedName.Of(certificate.SubjectName)))
                .Add("Auth-SSL-Issuer", HeaderText.Plain(DistinguishedName.Of(certificate.IssuerName)))
                .Add("Auth-SSL-Serial", certificate.SerialNumber)
                .Add("Auth-SSL-Fingerprint", Convert.ToHexStringLower(certificate.GetCertHash(HashAlgorithmName.SHA1)));
            if (passCertificate)
            {
                // OpenSSL ends a PEM with a line feed.
                headers.Add("Auth-SSL-Cert", HeaderText.Escape(certificate.ExportCertificatePem() + "\n"));
            }
        }
    }

    private sealed class Builder
    {
        public List<KeyValuePair<string, string>> All { get; } = new(16);

        public Builder Add(string name, string value)
        {
            All.Add(new(name, value));
            return this;
        }
    }
}
