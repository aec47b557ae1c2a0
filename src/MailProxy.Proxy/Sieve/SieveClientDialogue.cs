using System.Buffers;
using System.Text;
using MailProxy.Protocols;
using MailProxy.Protocols.Sieve;
using MailProxy.Protocols.Smtp;
using MailProxy.Proxy.Accept;
using MailProxy.Proxy.Authenticate;
using MailProxy.Proxy.Failures;
using MailProxy.Proxy.StoreLogin;
using MailProxy.Proxy.Wire;

namespace MailProxy.Proxy.Sieve;

/// <summary>ManageSieve with the client, up to login (RFC 5804).</summary>
internal sealed class SieveClientDialogue(MailWire wire, DialogueSettings settings, LearntExtensions scripts) : IClientDialogue, ISaslProfile
{
    private static readonly WireParser<SieveLine> Parser = static (in ReadOnlySequence<byte> buffer, out SieveLine? value, out SequencePosition end) =>
        SieveLineReader.TryRead(buffer, SieveLimits.BeforeLogin, SieveLiteralForm.FromClient, out value, out end);

    private int _junk;
    private string? _lastWord;

    // RFC 5804 1.7: the greeting is the capabilities and OK.
    public async ValueTask GreetAsync(CancellationToken cancellationToken) =>
        await wire.SendAsync($"{Capabilities()}OK \"{settings.HostName} ready.\"\r\n", cancellationToken);

    public async ValueTask<Outcome<LoginAttempt>> ReadLoginAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var read = await wire.ReadAsync(Parser, cancellationToken);
            Outcome<LoginAttempt>? step;
            switch (read.Status)
            {
                case WireStatus.Closed:
                    return Outcome<LoginAttempt>.Failed(ProxyFailure.ClientLeft, "closed");
                case WireStatus.TooLong:
                    return Outcome<LoginAttempt>.Failed(ProxyFailure.LineTooLong);
                case WireStatus.Malformed:
                    step = await ReplyAsync("NO \"Syntax error.\"\r\n", cancellationToken);
                    break;
                default:
                    _lastWord = null;
                    step = await ServeAsync(read.Value!, cancellationToken);

                    // It may have been a password.
                    read.Value!.Clear();
                    break;
            }

            if (step is { } done)
            {
                return done;
            }

            if (++_junk > settings.Limits.JunkCommands)
            {
                return Outcome<LoginAttempt>.Failed(ProxyFailure.TooManyErrors);
            }
        }
    }

    public async ValueTask RefuseAsync(ProxyFailure failure, string? userText, CancellationToken cancellationToken)
    {
        var row = FailureTable.Of(failure);
        await wire.SendAsync($"NO {userText ?? $"{row.Sieve}\"{row.Text}\""}\r\n", cancellationToken);
    }

    public async ValueTask AcceptAsync(StoreWelcome welcome, CancellationToken cancellationToken) => await wire.SendAsync(
        $"OK {(_lastWord is null ? "" : $"(SASL {SieveStringWriter.ForClient(_lastWord)}) ")}{SieveStringWriter.ForClient(welcome.Text)}\r\n", cancellationToken);

    public async ValueTask GoodbyeAsync(ProxyFailure failure, CancellationToken cancellationToken)
    {
        if (failure is not (ProxyFailure.ClientLeft or ProxyFailure.ClientTlsFailed))
        {
            await wire.Write(FarewellLines.Of(MailProtocol.Sieve, failure).Span).FlushAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    void ISaslProfile.KeepLastWord(string word) => _lastWord = word;

    // RFC 5804 2.1: a response is a string on a line of its own, "*" as well.
    async ValueTask<WireRead<byte[]>> ISaslProfile.ReadResponseAsync(CancellationToken cancellationToken)
    {
        var read = await wire.ReadAsync(Parser, cancellationToken);
        return read.Status != WireStatus.Done ? new(read.Status, null)
            : read.Value!.Tokens is [{ Kind: SieveTokenKind.Text } only] ? new(WireStatus.Done, only.Octets)
            : new(WireStatus.Malformed, null);
    }

    private static string FrameChallenge(string challenge) => SieveStringWriter.ForClient(challenge) + "\r\n";

    private async ValueTask<Outcome<LoginAttempt>?> ServeAsync(SieveLine line, CancellationToken cancellationToken)
    {
        if (HttpVerbs.IsHttp(line.Verb))
        {
            return Outcome<LoginAttempt>.Failed(ProxyFailure.ClientProtocolError, "HTTP on a mail port");
        }

        switch (line.Verb)
        {
            case "AUTHENTICATE":
                return await AuthenticateAsync(line, cancellationToken);
            case "CAPABILITY" when line.Tokens.Count == 1:
                return await ReplyAsync($"{Capabilities()}OK \"CAPABILITY completed.\"\r\n", cancellationToken);
            case "STARTTLS" when line.Tokens.Count == 1:
                return await StartTlsAsync(cancellationToken);
            case "NOOP" when line.Tokens.Count == 1:
                return await ReplyAsync("OK \"Done.\"\r\n", cancellationToken);
            case "NOOP" when line.Tokens is [_, { Kind: SieveTokenKind.Text } tag]:
                return await ReplyAsync($"OK (TAG {SieveStringWriter.ForClient(tag.Text)}) \"Done.\"\r\n", cancellationToken);
            case "LOGOUT":
                await wire.SendAsync("OK \"Logging out.\"\r\n", cancellationToken);
                return Outcome<LoginAttempt>.Failed(ProxyFailure.ClientLeft, "logout");
            case "XCLIENT":
                return await XclientAsync(line, cancellationToken);
            case "UNAUTHENTICATE":
                return await ReplyAsync("NO \"Nobody is logged in.\"\r\n", cancellationToken);
            default:
                return await ReplyAsync("NO \"Unknown command, or log in first.\"\r\n", cancellationToken);
        }
    }

    // RFC 5804 1.7. SASL is there even when it is empty: a client that sees "" knows that it has to begin TLS.
    private string Capabilities()
    {
        var text = new StringBuilder("\"IMPLEMENTATION\" \"MailProxy\"\r\n\"VERSION\" \"1.0\"\r\n");
        var mechanisms = settings.MayLogIn ? string.Join(' ', settings.Offers.Mechanisms.On(settings.Offered)) : "";
        text.Append("\"SASL\" \"").Append(mechanisms).Append("\"\r\n\"SIEVE\" ").Append(SieveStringWriter.ForClient(scripts.Sieve)).Append("\r\n");
        if (scripts.Notify is { Length: > 0 } notify)
        {
            text.Append("\"NOTIFY\" ").Append(SieveStringWriter.ForClient(notify)).Append("\r\n");
        }

        text.Append(settings.Session.IsTrusted ? "\"XCLIENT\" \"ADDR PORT DESTADDR DESTPORT SESSION TTL\"\r\n" : "");
        return text.Append(settings.OffersStartTls ? "\"STARTTLS\"\r\n" : "").ToString();
    }

    private async ValueTask<Outcome<LoginAttempt>?> AuthenticateAsync(SieveLine line, CancellationToken cancellationToken)
    {
        if (!settings.MayLogIn)
        {
            await RefuseAsync(ProxyFailure.TlsRequired, null, cancellationToken);
            return null;
        }

        if (line.Tokens.Count is < 2 or > 3 || !line.HasOnlyStrings)
        {
            return await ReplyAsync("NO \"AUTHENTICATE takes a mechanism and, if it likes, a response, both in quotes.\"\r\n", cancellationToken);
        }

        // An empty string is an empty response here; elsewhere that is written "=".
        var response = line.Tokens.Count < 3 ? null : line.Tokens[2].Octets.Length > 0 ? line.Tokens[2].Octets : "="u8.ToArray();
        var (attempt, refusal) = await new SaslExchange(wire, settings, FrameChallenge, this).RunAsync(line.Tokens[1].Text, response, cancellationToken);
        if (attempt is not null)
        {
            return attempt;
        }

        return refusal switch
        {
            SaslExchange.Refusal.Closed => Outcome<LoginAttempt>.Failed(ProxyFailure.ClientLeft, "closed"),
            SaslExchange.Refusal.TooLong => Outcome<LoginAttempt>.Failed(ProxyFailure.LineTooLong),
            SaslExchange.Refusal.UnknownMechanism => await ReplyAsync("NO \"Mechanism not supported.\"\r\n", cancellationToken),
            SaslExchange.Refusal.Cancelled => await ReplyAsync("NO \"Authentication cancelled.\"\r\n", cancellationToken),
            _ => await ReplyAsync("NO \"Invalid SASL response.\"\r\n", cancellationToken),
        };
    }

    // Dovecot's: the words are atoms.
    private async ValueTask<Outcome<LoginAttempt>?> XclientAsync(SieveLine line, CancellationToken cancellationToken)
    {
        if (!settings.Session.IsTrusted)
        {
            return await ReplyAsync("NO \"Not from this address.\"\r\n", cancellationToken);
        }

        var argument = Encoding.ASCII.GetBytes(string.Join(' ', line.Tokens.Skip(1).Select(token => token.Text)));
        if (line.Tokens.Any(token => token.Kind != SieveTokenKind.Atom) || Xclient.TryParse(new ReadOnlySequence<byte>(argument), out var said) != ReadStatus.Done)
        {
            return await ReplyAsync("NO \"XCLIENT takes NAME=value.\"\r\n", cancellationToken);
        }

        return ClientIdentity.Accept(settings, said!) is { } failure
            ? Outcome<LoginAttempt>.Failed(failure, settings.Session.FailureDetail)
            : await ReplyAsync("OK \"Updated.\"\r\n", cancellationToken);
    }

    private async ValueTask<Outcome<LoginAttempt>?> StartTlsAsync(CancellationToken cancellationToken)
    {
        if (!settings.OffersStartTls)
        {
            return await ReplyAsync("NO \"TLS is not available.\"\r\n", cancellationToken);
        }

        await wire.SendAsync("OK \"Begin TLS now.\"\r\n", cancellationToken);
        if (await ClientTls.BecomeServerAsync(settings.Session, settings.Tls!, settings.Limits.Handshake, settings.Deadline) is { } failed)
        {
            return Outcome<LoginAttempt>.Failed(failed, settings.Session.FailureDetail);
        }

        // RFC 5804 2.2: behind the handshake the server says again what it offers, unasked.
        return await ReplyAsync($"{Capabilities()}OK \"TLS is on.\"\r\n", cancellationToken);
    }

    private async ValueTask<Outcome<LoginAttempt>?> ReplyAsync(string text, CancellationToken cancellationToken) =>
        await wire.SendAsync(text, cancellationToken) ? (Outcome<LoginAttempt>?)null : Outcome<LoginAttempt>.Failed(ProxyFailure.ClientLeft, "closed");
}
