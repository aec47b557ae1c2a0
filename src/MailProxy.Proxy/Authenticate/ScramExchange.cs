using System.Security.Cryptography;
using System.Text;
using MailProxy.Directory;
using MailProxy.Directory.Proofs;
using MailProxy.Protocols;
using MailProxy.Protocols.Sasl;
using MailProxy.Proxy.Failures;
using MailProxy.Transport.Connections;

namespace MailProxy.Proxy.Authenticate;

/// <summary>
/// The server side of SCRAM (RFC 5802, RFC 7677) up to the client's proof, which the directory judges. Nothing is told of whom the directory knows:
/// everybody is shown a salt.
/// </summary>
/// <param name="exchange">To the client.</param>
/// <param name="settings">Of the connection.</param>
/// <param name="mechanism">One of ours, upper case.</param>
internal sealed class ScramExchange(SaslExchange exchange, DialogueSettings settings, string mechanism)
{
    private const string Plus = "-PLUS";

    // 144 bits, 24 characters: RFC 5802 asks that it be never repeated.
    private const int NonceOctets = 18;

    private bool IsBinding => mechanism.EndsWith(Plus, StringComparison.Ordinal);

    private string Scheme => IsBinding ? mechanism[..^Plus.Length] : mechanism;

    /// <summary>True for SCRAM's mechanisms.</summary>
    public static bool IsScram(string mechanism) => mechanism.StartsWith("SCRAM-", StringComparison.Ordinal);

    /// <summary>Runs it.</summary>
    public async ValueTask<(LoginAttempt? Attempt, SaslExchange.Refusal Refusal)> RunAsync(byte[]? initialResponse, CancellationToken cancellationToken)
    {
        var (message, refusal) = await exchange.StepAsync("", initialResponse, cancellationToken);
        if (message is null)
        {
            return (null, refusal);
        }

        if (ScramClientFirst.TryParse(message, out var first) != ReadStatus.Done || !IsName(first!.UserName) || (first.AuthorizationId.Length > 0 && !IsName(first.AuthorizationId)))
        {
            return (null, SaslExchange.Refusal.Malformed);
        }

        if (!TryBind(first, out var channel, out var fault))
        {
            return (Attempt(first, ProxyFailure.BadCredentials, fault), default);
        }

        var challenge = await settings.Directory.ChallengeAsync(
            new ChallengeRequest(first.UserName, Scheme, ProtocolNames.Of(settings.Listener.Protocol!.Value), settings.Session.Client), cancellationToken);
        await settings.Session.Connection.ReturnHomeAsync();
        return challenge.Parameters is { } shown
            ? await RunAsync(first, channel, shown, cancellationToken)
            : (Attempt(first, ProxyFailure.DirectoryUnavailable, challenge.Detail), default);
    }

    private static bool IsName(string name) => CredentialText.TryName(Encoding.UTF8.GetBytes(name), out _);

    private async ValueTask<(LoginAttempt? Attempt, SaslExchange.Refusal Refusal)> RunAsync(
        ScramClientFirst first, byte[] channel, ScramParameters shown, CancellationToken cancellationToken)
    {
        var nonce = first.Nonce + Convert.ToBase64String(RandomNumberGenerator.GetBytes(NonceOctets));
        var answer = new ScramServerFirst(nonce, shown.Salt, shown.Rounds).ToString();
        var (message, refusal) = await exchange.StepAsync(Convert.ToBase64String(Encoding.UTF8.GetBytes(answer)), null, cancellationToken);
        if (message is null)
        {
            return (null, refusal);
        }

        if (ScramClientFinal.TryParse(message, out var final) != ReadStatus.Done)
        {
            return (null, SaslExchange.Refusal.Malformed);
        }

        if (!final!.Nonce.Equals(nonce, StringComparison.Ordinal))
        {
            return (Attempt(first, ProxyFailure.BadCredentials, "the nonce is not this exchange's: a replay?"), default);
        }

        if (!final.Binds(first.Header, channel))
        {
            return (Attempt(first, ProxyFailure.BadCredentials, "the channel binding is not this connection's: somebody in between?"), default);
        }

        var proof = new ScramProof(Scheme, shown, $"{first.Bare},{answer},{final.WithoutProof}", final.Proof.Span);
        return (Attempt(first) with { Proof = proof }, default);
    }

    // RFC 5802 6.
    private bool TryBind(ScramClientFirst first, out byte[] channel, out string fault)
    {
        channel = [];
        fault = (first.Binding, IsBinding) switch
        {
            (ScramBinding.Used, false) => $"a channel binding with {mechanism}, which has none",
            (not ScramBinding.Used, true) => $"no channel binding with {mechanism}",
            (ScramBinding.NotOffered, _) when settings.Offers.Mechanisms.OffersBinding(settings.Offered) =>
                "the client was not told that channel binding is offered: somebody in between?",
            _ => "",
        };
        if (fault.Length > 0 || first.Binding != ScramBinding.Used)
        {
            return fault.Length == 0;
        }

        if (settings.Session.Tls?.ChannelBinding(first.BindingType) is not { } known)
        {
            fault = $"channel binding '{first.BindingType}' is not known here, or not on this connection";
            return false;
        }

        channel = known;
        return true;
    }

    private LoginAttempt Attempt(ScramClientFirst first) => new(first.UserName, first.AuthorizationId, new Secret([]), mechanism) { Exchange = exchange };

    private LoginAttempt Attempt(ScramClientFirst first, ProxyFailure failure, string detail) =>
        Attempt(first) with { Fault = new FailureReport(failure, detail, null, null) };
}
