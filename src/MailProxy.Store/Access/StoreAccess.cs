using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using MailProxy.Protocols;
using MailProxy.Protocols.Sasl;
using MailProxy.Store.Access.Tokens;
using MailProxy.Transport.Memory;
using MailProxy.Transport.Tls;
using Microsoft.AspNetCore.Connections;

namespace MailProxy.Store.Access;

/// <summary>
/// Decides who may act for users: peers with a verified certificate that is named as trusted (SASL EXTERNAL, RFC 4422 A), peers with a token that a
/// proxy signed (OAUTHBEARER, RFC 7628), and the master account (SASL PLAIN with an authorization identity, RFC 4616). The store knows no passwords of users.
/// </summary>
public sealed class StoreAccess
{
    /// <summary>The mechanism of proxies' tokens.</summary>
    internal const string OAuthBearer = "OAUTHBEARER";

    private const string CommonName = "2.5.4.3";

    private readonly HashSet<string> _trusted;
    private readonly HashSet<string> _stores;
    private readonly bool _allowsClearText;
    private readonly MasterAccount? _master;
    private readonly StoreTokenVerifier? _tokens;

    /// <summary>Reads the master password's file. Errors: those of reading a file, <see cref="InvalidDataException"/>; <see cref="AccessOptions.Validate"/> finds them all before.</summary>
    /// <param name="options">Who is let in.</param>
    /// <param name="tokens">Judges proxies' tokens; null: none are taken. The caller's.</param>
    public StoreAccess(AccessOptions options, StoreTokenVerifier? tokens = null)
    {
        _tokens = tokens;
        _trusted = new(options.TrustedClients, StringComparer.OrdinalIgnoreCase);
        _stores = new(options.TrustedStores, StringComparer.OrdinalIgnoreCase);
        _allowsClearText = options.AllowClearText;
        _master = options.MasterUser.Length == 0 ? null : MasterAccount.Load(options.MasterUser, options.MasterPasswordFile);
    }

    /// <summary>What is offered on a connection in its present state, best first.</summary>
    public IReadOnlyList<string> Mechanisms(ITlsFeature? tls) =>
    [
        .. IsTrusted(tls) ? ["EXTERNAL"] : Array.Empty<string>(),
        .. MayUseTokens(IsEncrypted(tls)) ? [OAuthBearer] : Array.Empty<string>(),
        .. MayUseMaster(tls) ? ["PLAIN"] : Array.Empty<string>(),
    ];

    /// <summary>True when the peer's certificate was verified and is one of ours.</summary>
    public bool IsTrusted(ITlsFeature? tls) => tls is { IsEncrypted: true } && IsTrusted(tls.VerifiedPeerCertificate);

    /// <summary>True when a certificate that was verified by the caller is one of ours.</summary>
    public bool IsTrusted(X509Certificate2? verified) => verified is not null && NamesOf(verified).Any(_trusted.Contains);

    /// <summary>True when a certificate that was verified by the caller is that of a store which may read users who move there.</summary>
    public bool IsTrustedStore(X509Certificate2? verified) => verified is not null && NamesOf(verified).Any(_stores.Contains);

    /// <summary>True for a peer on this machine, where clear text is allowed.</summary>
    public bool AllowsClear(IPAddress? peer) => _allowsClearText && peer is not null && IPAddress.IsLoopback(peer);

    /// <summary>True when the peer may hand in mail (LMTP) and say whom it speaks for (XCLIENT): a trusted certificate, or loopback where clear text is allowed.</summary>
    public bool IsTrusted(ConnectionContext connection) =>
        IsTrusted(connection.Features.Get<ITlsFeature>()) || (_allowsClearText && IsLocal(connection.RemoteEndPoint));

    /// <summary>Judges the client's one message, of any mechanism.</summary>
    /// <param name="mechanism">In any case.</param>
    /// <param name="message">Decoded; the caller clears it.</param>
    /// <param name="tls">The connection's TLS at this moment.</param>
    /// <param name="protocol">The server's: <c>imap</c> or <c>pop3</c>; a token for another is refused.</param>
    public ValueTask<AccessResult> AuthenticateAsync(string mechanism, ReadOnlyMemory<byte> message, ITlsFeature? tls, string protocol)
    {
        if (!mechanism.Equals(OAuthBearer, StringComparison.OrdinalIgnoreCase) || !MayUseTokens(IsEncrypted(tls)))
        {
            return ValueTask.FromResult(Authenticate(mechanism, message.Span, tls));
        }

        if (SaslOAuthBearer.TryParse(message.Span, out var bearer) != ReadStatus.Done)
        {
            return ValueTask.FromResult(new AccessResult(AccessOutcome.Malformed, "", "OAUTHBEARER with a message that is none"));
        }

        var token = Encoding.ASCII.GetString(bearer!.Token);
        Array.Clear(bearer.Token);
        return VerifyAsync(token, bearer.AuthorizationId, protocol);
    }

    /// <summary>Judges the token of an HTTP request (RFC 6750 2.1).</summary>
    /// <param name="authorization">The header.</param>
    /// <param name="user">Whom the request says that it is for; empty: it does not say.</param>
    /// <param name="isEncrypted">Over HTTPS.</param>
    public ValueTask<AccessResult> AuthenticateHttpAsync(string authorization, string user, bool isEncrypted)
    {
        if (!MayUseTokens(isEncrypted))
        {
            return ValueTask.FromResult(new AccessResult(AccessOutcome.NotOffered, "", "Bearer, but no tokens are taken here"));
        }

        return BearerToken.TryRead(Encoding.UTF8.GetBytes(authorization), out var token)
            ? VerifyAsync(Encoding.ASCII.GetString(token), user, "http")
            : ValueTask.FromResult(new AccessResult(AccessOutcome.Malformed, "", "an Authorization that is no Bearer token"));
    }

    /// <summary>Judges the message of a mechanism that is judged at once: EXTERNAL and PLAIN.</summary>
    /// <param name="mechanism">In any case.</param>
    /// <param name="message">Decoded; the caller clears it.</param>
    /// <param name="tls">The connection's TLS at this moment.</param>
    public AccessResult Authenticate(string mechanism, ReadOnlySpan<byte> message, ITlsFeature? tls) => mechanism.ToUpperInvariant() switch
    {
        "EXTERNAL" when IsTrusted(tls) => AuthenticateExternal(message, tls!.VerifiedPeerCertificate!),
        "EXTERNAL" => new(AccessOutcome.NotOffered, "", "EXTERNAL without a trusted certificate"),
        "PLAIN" when MayUseMaster(tls) => AuthenticateMaster(message),
        "PLAIN" => new(AccessOutcome.NotOffered, "", _master is null ? "PLAIN, but there is no master account" : "PLAIN in clear"),
        _ => new(AccessOutcome.NotOffered, "", "unknown mechanism"),
    };

    private static AccessResult AuthenticateExternal(ReadOnlySpan<byte> message, X509Certificate2 certificate)
    {
        // A certificate names a proxy, not a user: without an authorization identity there is nobody to be.
        if (message.IsEmpty)
        {
            return new(AccessOutcome.Refused, "", "EXTERNAL without an authorization identity");
        }

        return CanonicalUser.TryParse(message, out var user)
            ? new(AccessOutcome.Granted, user, $"EXTERNAL by {NamesOf(certificate).First()}")
            : new(AccessOutcome.Malformed, "", "EXTERNAL with an identity that is not local@domain");
    }

    private AccessResult AuthenticateMaster(ReadOnlySpan<byte> message)
    {
        if (SaslPlain.TryParse(message, out var plain) != ReadStatus.Done)
        {
            return new(AccessOutcome.Malformed, "", "PLAIN with a message that is none");
        }

        var isMaster = _master!.Matches(plain!.AuthenticationId, plain.Password);
        Array.Clear(plain.Password);
        if (!isMaster)
        {
            return new(AccessOutcome.Refused, "", "PLAIN with wrong master credentials");
        }

        if (plain.AuthorizationId.Length == 0)
        {
            return new(AccessOutcome.Refused, "", "PLAIN without an authorization identity");
        }

        return CanonicalUser.TryParse(plain.AuthorizationId, out var user)
            ? new(AccessOutcome.Granted, user, $"PLAIN by {plain.AuthenticationId}")
            : new(AccessOutcome.Malformed, "", "PLAIN with an identity that is not local@domain");
    }

    private ValueTask<AccessResult> VerifyAsync(string token, string user, string protocol)
    {
        var canonical = "";
        return user.Length == 0 || CanonicalUser.TryParse(user, out canonical)
            ? _tokens!.VerifyAsync(token, canonical, protocol)
            : ValueTask.FromResult(new AccessResult(AccessOutcome.Malformed, "", "a token with an identity that is not local@domain"));
    }

    private static bool IsEncrypted(ITlsFeature? tls) => tls is { IsEncrypted: true };

    private bool MayUseTokens(bool isEncrypted) => _tokens is not null && (_allowsClearText || isEncrypted);

    private bool MayUseMaster(ITlsFeature? tls) => _master is not null && (_allowsClearText || IsEncrypted(tls));

    private static bool IsLocal(EndPoint? peer) => peer is MemoryEndPoint || (peer is IPEndPoint { Address: var address } && IPAddress.IsLoopback(address));

    // Not GetNameInfo: it falls back to other names when there is no common name.
    private static IEnumerable<string> NamesOf(X509Certificate2 certificate) =>
        certificate.SubjectName.EnumerateRelativeDistinguishedNames()
            .Where(part => !part.HasMultipleElements && part.GetSingleElementType().Value == CommonName)
            .Select(part => part.GetSingleElementValue() ?? "")
            .Concat(certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(names => names.EnumerateDnsNames()))
            .Where(name => name.Length > 0);
}
