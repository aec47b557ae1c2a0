using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace MailProxy.Directory;

/// <summary>What else is known of a login, for providers that decide by it or pass it on. Read when needed: most logins need none of it.</summary>
public interface IClientFacts
{
    /// <summary>The listener's name.</summary>
    string Listener { get; }

    /// <summary>The session's id, as it stands in the log.</summary>
    string SessionId { get; }

    /// <summary>The address the client connected to; null in memory.</summary>
    IPEndPoint? Local { get; }

    /// <summary>The host name the client asked for in TLS (RFC 6066 3); null without.</summary>
    string? ServerName { get; }

    /// <summary>1 for the connection's first login.</summary>
    int Attempt { get; }

    /// <summary>The version of the client's TLS; None in clear.</summary>
    SslProtocols TlsProtocol => SslProtocols.None;

    /// <summary>The cipher suite of the client's TLS by its IANA name; empty in clear.</summary>
    string CipherSuite => "";

    /// <summary>The client's certificate, if it showed one and it was verified.</summary>
    X509Certificate2? Certificate => null;
}
