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
internal sealed class SieveClientDialogue(MailWire wire, DialogueSettings settings, LearntExtensions scripts)
    : CommandDialogue<SieveLine>(wire, settings), ISaslProfile
{
    private static readonly WireParser<SieveLine> Parser = static (in ReadOnlySequence<byte> buffer, out SieveLine? value, out SequencePosition end) =>
        SieveLineReader.TryRead(buffer, SieveLimits.BeforeLogin, SieveLiteralForm.FromClient, out value, out end);

    private string? _lastWord;

    protected override string Malformed => "Syntax error.";

    protected override string UnknownMechanism => "NO \"Mechanism not supported.\"\r\n";

    protected override string Cancelled => "NO \"Authentication cancelled.\"\r\n";

    protected override string BeginTls => "OK \"Begin TLS now.\"\r\n";

    // RFC 5804 1.7: the greeting is the capabilities and OK.
    public override async ValueTask GreetAsync(CancellationToken cancellationToken) =>
        await Wire.SendAsync($"{Capabilities()}OK \"{Settings.HostName} ready.\"\r\n", cancellationToken);

    public override async ValueTask RefuseAsync(ProxyFailure failure, string? userText, CancellationToken cancellationToken)
    {
        var row = FailureTable.Of(failure);
        await Wire.SendAsync($"NO {userText ?? $"{row.Sieve}\"{row.Text}\""}\r\n", cancellationToken);
    }

    public override async ValueTask AcceptAsync(StoreWelcome welcome, CancellationToken cancellationToken) => await Wire.SendAsync(
        $"OK {(_lastWord is null ? "" : $"(SASL {SieveStringWriter.ForClient(_lastWord)}) ")}{SieveStringWriter.ForClient(welcome.Text)}\r\n", cancellationToken);

    public override async ValueTask GoodbyeAsync(ProxyFailure failure, CancellationToken cancellationToken)
    {
        if (failure is not (ProxyFailure.ClientLeft or ProxyFailure.ClientTlsFailed))
        {
            await Wire.Write(FarewellLines.Of(MailProtocol.Sieve, failure).Span).FlushAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    void ISaslProfile.KeepLastWord(string word) => _lastWord = word;

    // RFC 5804 2.1: a response is a string on a line of its own, "*" as well.
    async ValueTask<WireRead<byte[]>> ISaslProfile.ReadResponseAsync(CancellationToken cancellationToken)
    {
        var read = await Wire.ReadAsync(Parser, cancellationToken);
        return read.Status != WireStatus.Done ? new(read.Status, null)
            : read.Value!.Tokens is [{ Kind: SieveTokenKind.Text } only] ? new(WireStatus.Done, only.Octets)
            : new(WireStatus.Malformed, null);
    }

    protected override ValueTask<WireRead<SieveLine>> ReadCommandAsync(CancellationToken cancellationToken) => Wire.ReadAsync(Parser, cancellationToken);

    protected override bool IsHttp(SieveLine command) => HttpVerbs.IsHttp(command.Verb);

    protected override void Clear(SieveLine command) => command.Clear();

    protected override string Syntax(string text) => $"NO \"{text}\"\r\n";

    // RFC 5804 2.2: behind the handshake the server says again what it offers, unasked.
    protected override ValueTask<Outcome<LoginAttempt>?> TlsBegunAsync(CancellationToken cancellationToken) =>
        ReplyAsync($"{Capabilities()}OK \"TLS is on.\"\r\n", cancellationToken);

    protected override string FrameChallenge(string challenge) => SieveStringWriter.ForClient(challenge) + "\r\n";

    protected override async ValueTask<Outcome<LoginAttempt>?> ServeAsync(SieveLine line, CancellationToken cancellationToken)
    {
        _lastWord = null;
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
                await Wire.SendAsync("OK \"Logging out.\"\r\n", cancellationToken);
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
        var mechanisms = Settings.MayLogIn ? string.Join(' ', Settings.Offers.Mechanisms.On(Settings.Offered)) : "";
        text.Append("\"SASL\" \"").Append(mechanisms).Append("\"\r\n\"SIEVE\" ").Append(SieveStringWriter.ForClient(scripts.Sieve)).Append("\r\n");
        if (scripts.Notify is { Length: > 0 } notify)
        {
            text.Append("\"NOTIFY\" ").Append(SieveStringWriter.ForClient(notify)).Append("\r\n");
        }

        text.Append(Settings.Session.IsTrusted ? "\"XCLIENT\" \"ADDR PORT DESTADDR DESTPORT SESSION TTL\"\r\n" : "");
        return text.Append(Settings.OffersStartTls ? "\"STARTTLS\"\r\n" : "").ToString();
    }

    private async ValueTask<Outcome<LoginAttempt>?> AuthenticateAsync(SieveLine line, CancellationToken cancellationToken)
    {
        if (line.Tokens.Count is < 2 or > 3 || !line.HasOnlyStrings)
        {
            return await ReplyAsync("NO \"AUTHENTICATE takes a mechanism and, if it likes, a response, both in quotes.\"\r\n", cancellationToken);
        }

        // An empty string is an empty response here; elsewhere that is written "=".
        var response = line.Tokens.Count < 3 ? null : line.Tokens[2].Octets.Length > 0 ? line.Tokens[2].Octets : "="u8.ToArray();
        return await AuthenticateAsync(line.Tokens[1].Text, response, this, cancellationToken);
    }

    // Dovecot's: the words are atoms.
    private async ValueTask<Outcome<LoginAttempt>?> XclientAsync(SieveLine line, CancellationToken cancellationToken)
    {
        if (!Settings.Session.IsTrusted)
        {
            return await ReplyAsync("NO \"Not from this address.\"\r\n", cancellationToken);
        }

        var argument = Encoding.ASCII.GetBytes(string.Join(' ', line.Tokens.Skip(1).Select(token => token.Text)));
        if (line.Tokens.Any(token => token.Kind != SieveTokenKind.Atom) || Xclient.TryParse(new ReadOnlySequence<byte>(argument), out var said) != ReadStatus.Done)
        {
            return await ReplyAsync("NO \"XCLIENT takes NAME=value.\"\r\n", cancellationToken);
        }

        return ClientIdentity.Accept(Settings, said!) is { } failure
            ? Outcome<LoginAttempt>.Failed(failure, Settings.Session.FailureDetail)
            : await ReplyAsync("OK \"Updated.\"\r\n", cancellationToken);
    }
}
