using MailProxy.Proxy.Authenticate;
using MailProxy.Proxy.Connect;
using MailProxy.Proxy.Milter;
using MailProxy.Proxy.Relay;
using MailProxy.Proxy.Sessions;
using MailProxy.Proxy.StoreLogin;
using MailProxy.Proxy.Submission;
using MailProxy.Transport.Tls;

namespace MailProxy.Proxy;

/// <summary>A proxy node's configuration, read and judged: what was a file name is the file's content here.</summary>
/// <param name="HostName">Ours, in greetings, EHLO and trace headers.</param>
/// <param name="Tls">For clients, as it is at each handshake; ALPN names are put in by listener. Null: no listener offers TLS.</param>
/// <param name="ClearText">Who may log in without TLS.</param>
/// <param name="Limits">Bounds.</param>
/// <param name="Stores">How we log in at stores.</param>
/// <param name="StoreTls">Whom we trust on the store leg and who we are there.</param>
/// <param name="Master">The account for <c>master</c> logins; null: none.</param>
/// <param name="Relay">The relay's configuration.</param>
/// <param name="Tokens">Signs for <c>token</c> logins; null: there is no key.</param>
public sealed record ProxySettings(
    string HostName,
    ServerTls? Tls,
    ClearTextPolicy ClearText,
    LimitOptions Limits,
    StoreLegOptions Stores,
    StoreTlsIdentity StoreTls,
    MasterAccount? Master,
    RelayOptions Relay,
    IStoreTokenSigner? Tokens = null)
{
    /// <summary>Which name of a client certificate is the user's, for EXTERNAL.</summary>
    public CertificateNameRule CertificateName { get; init; }

    /// <summary>What submitters may do.</summary>
    public SubmissionOptions Submission { get; init; } = new();

    /// <summary>Filters of messages.</summary>
    public MilterOptions Milter { get; init; } = new();

    /// <summary>Whom we trust and who we are at the next hop for other domains.</summary>
    public RelayAccess RelayAccess { get; init; } = RelayAccess.None;

    /// <summary>What clients are offered.</summary>
    public SaslMechanisms Mechanisms { get; init; } = SaslMechanisms.Passwords;
}
