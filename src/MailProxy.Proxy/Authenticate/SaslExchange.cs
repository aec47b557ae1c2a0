using System.Buffers;
using MailProxy.Directory;
using MailProxy.Protocols;
using MailProxy.Protocols.Sasl;
using MailProxy.Proxy.Failures;
using MailProxy.Proxy.Wire;

namespace MailProxy.Proxy.Authenticate;

/// <summary>
/// The server side of SASL, as a protocol's profile frames it, with PLAIN (RFC 4616) and LOGIN; other mechanisms have files of their own: how a challenge is written is the protocol's,
/// the rest is the same everywhere. Every exchange starts from nothing.
/// </summary>
/// <param name="wire">To the client.</param>
/// <param name="settings">Of the connection: what is not offered on it is unknown here.</param>
/// <param name="frameChallenge">Writes a challenge, base64, as the protocol does.</param>
/// <param name="profile">Of a protocol whose responses are no lines; null: they are.</param>
internal sealed class SaslExchange(MailWire wire, DialogueSettings settings, Func<string, string> frameChallenge, ISaslProfile? profile = null)
{
    // RFC 4954 4: 12,288 octets is the longest base64 line to expect.
    private const int LineLimit = 12_288 + 2;
    private const int MessageLimit = 9_216;

    /// <summary>How the exchange ended when it brought no credentials.</summary>
    public enum Refusal
    {
        /// <summary>The client cancelled with <c>*</c>.</summary>
        Cancelled,

        /// <summary>Bad base64 or a message that is none.</summary>
        Malformed,

        /// <summary>The mechanism is not offered.</summary>
        UnknownMechanism,

        /// <summary>The client went away.</summary>
        Closed,

        /// <summary>A line over the limit: the session ends.</summary>
        TooLong,
    }

    /// <summary>Runs the exchange.</summary>
    /// <param name="mechanism">As the client wrote it.</param>
    /// <param name="initialResponse">The rest of the command, still base64; null: none came.</param>
    /// <param name="cancellationToken">The pre-login deadline.</param>
    public async ValueTask<(LoginAttempt? Attempt, Refusal Refusal)> RunAsync(string mechanism, byte[]? initialResponse, CancellationToken cancellationToken)
    {
        var name = mechanism.ToUpperInvariant();
        if (!settings.Offers.Mechanisms.Offers(name, settings.Offered))
        {
            return (null, Refusal.UnknownMechanism);
        }

        switch (name)
        {
            case "PLAIN":
                var (message, refusal) = await StepAsync("", initialResponse, cancellationToken);
                return message is null ? (null, refusal) : ReadPlain(message);
            case "LOGIN":
                return await RunLoginAsync(initialResponse, cancellationToken);
            case "OAUTHBEARER" or "XOAUTH2":
                var (bearer, refused) = await StepAsync("", initialResponse, cancellationToken);
                return bearer is null ? (null, refused) : (BearerExchange.Read(name, bearer, this), Refusal.Malformed);
            case "EXTERNAL":
                return await ExternalExchange.RunAsync(this, settings, initialResponse, cancellationToken);
            case "CRAM-MD5":
                return await CramExchange.RunAsync(this, settings, initialResponse, cancellationToken);
            case var scram when ScramExchange.IsScram(scram):
                return await new ScramExchange(this, settings, scram).RunAsync(initialResponse, cancellationToken);
            default:
                return (null, Refusal.UnknownMechanism);
        }
    }

    /// <summary>
    /// Sends the mechanism's last word and waits for the client's, which is empty or a dummy (RFC 5802 5, RFC 7628 3.2.3).
    /// False: it left, cancelled or sent what is no SASL response.
    /// </summary>
    /// <param name="challenge">The mechanism's last word.</param>
    /// <param name="isSuccess">It goes with a yes, and a profile that has room for it there sends it then (RFC 4422 3.6).</param>
    /// <param name="cancellationToken">The pre-login deadline.</param>
    public async ValueTask<bool> ConcludeAsync(ReadOnlyMemory<byte> challenge, bool isSuccess, CancellationToken cancellationToken)
    {
        var text = Convert.ToBase64String(challenge.Span);
        if (isSuccess && profile is not null)
        {
            profile.KeepLastWord(text);
            return true;
        }

        return (await StepAsync(text, null, cancellationToken)).Message is not null;
    }

    private static (LoginAttempt? Attempt, Refusal Refusal) ReadPlain(byte[] message)
    {
        var status = SaslPlain.TryParse(message, out var plain);
        Array.Clear(message);
        return status == ReadStatus.Done && plain is not null
            ? (new LoginAttempt(plain.AuthenticationId, plain.AuthorizationId, new Secret(plain.Password), "PLAIN"), default)
            : (null, Refusal.Malformed);
    }

    private async ValueTask<(LoginAttempt? Attempt, Refusal Refusal)> RunLoginAsync(byte[]? initialResponse, CancellationToken cancellationToken)
    {
        // draft-murchison-sasl-login: the challenges are texts that old clients compare.
        var (user, refusal) = await StepAsync("VXNlcm5hbWU6", initialResponse, cancellationToken);
        if (user is null)
        {
            return (null, refusal);
        }

        (var password, refusal) = await StepAsync("UGFzc3dvcmQ6", null, cancellationToken);
        if (password is null)
        {
            return (null, refusal);
        }

        if (!CredentialText.TryName(user, out var name) || !CredentialText.IsPassword(password))
        {
            Array.Clear(password);
            return (null, Refusal.Malformed);
        }

        return (new LoginAttempt(name, "", new Secret(password), "LOGIN"), default);
    }

    /// <summary>One challenge and its answer, for mechanisms.</summary>
    /// <param name="challenge">Base64.</param>
    /// <param name="initialResponse">The answer, still base64, when it came with the command; null: it is asked for.</param>
    /// <param name="cancellationToken">The pre-login deadline.</param>
    internal async ValueTask<(byte[]? Message, Refusal Refusal)> StepAsync(string challenge, byte[]? initialResponse, CancellationToken cancellationToken)
    {
        var isInitial = initialResponse is not null;
        if (initialResponse is null)
        {
            if (!await wire.SendAsync(frameChallenge(challenge), cancellationToken))
            {
                return (null, Refusal.Closed);
            }

            var line = await (profile is null ? wire.ReadLineAsync(LineLimit, cancellationToken) : profile.ReadResponseAsync(cancellationToken));
            switch (line.Status)
            {
                case WireStatus.Done:
                    initialResponse = line.Value!;
                    break;
                case WireStatus.Closed:
                    return (null, Refusal.Closed);
                case WireStatus.TooLong:
                    return (null, Refusal.TooLong);
                default:
                    return (null, Refusal.Malformed);
            }
        }

        if (initialResponse is [(byte)'*'])
        {
            return (null, Refusal.Cancelled);
        }

        var status = SaslBase64.TryDecode(new ReadOnlySequence<byte>(initialResponse), isInitial, MessageLimit, out var message);
        Array.Clear(initialResponse);
        return status == ReadStatus.Done ? (message, default) : (null, Refusal.Malformed);
    }
}
