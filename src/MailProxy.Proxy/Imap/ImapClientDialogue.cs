using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using MailProxy.Directory;
using MailProxy.Protocols;
using MailProxy.Protocols.Imap;
using MailProxy.Proxy.Accept;
using MailProxy.Proxy.Authenticate;
using MailProxy.Proxy.Failures;
using MailProxy.Proxy.StoreLogin;
using MailProxy.Proxy.Wire;

namespace MailProxy.Proxy.Imap;

/// <summary>IMAP with the client, up to login (RFC 9051 6.1 and 6.2).</summary>
internal sealed class ImapClientDialogue(MailWire wire, DialogueSettings settings) : IClientDialogue
{
    private string _tag = "*";
    private int _junk;

    // Of the command that is being read.
    private WireParser<ImapCommand>? _parser;
    private string? _readTag;
    private int _invited;
    private bool _mustInvite;

    public async ValueTask GreetAsync(CancellationToken cancellationToken) =>
        await wire.Write("* OK [CAPABILITY ").Write(Capabilities()).Write("] ").Write(settings.HostName).SendAsync(" ready.\r\n", cancellationToken);

    public async ValueTask<Outcome<LoginAttempt>> ReadLoginAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var (status, command) = await ReadCommandAsync(cancellationToken);
            switch (status)
            {
                case WireStatus.Closed:
                    return Outcome<LoginAttempt>.Failed(ProxyFailure.ClientLeft, "closed");
                case WireStatus.TooLong:
                    return Outcome<LoginAttempt>.Failed(ProxyFailure.LineTooLong);
                case WireStatus.Malformed:
                    if (await RefuseJunkAsync("Syntax error.", cancellationToken) is { } failure)
                    {
                        return Outcome<LoginAttempt>.Failed(failure);
                    }

                    continue;
            }

            var step = await ServeAsync(command!, cancellationToken);
            Forget(command!);
            if (step is { } done)
            {
                return done;
            }
        }
    }

    public async ValueTask RefuseAsync(ProxyFailure failure, string? userText, CancellationToken cancellationToken)
    {
        var row = FailureTable.Of(failure);
        await wire.SendAsync($"{_tag} NO {userText ?? $"{row.Imap} {row.Text}"}\r\n", cancellationToken);
    }

    public async ValueTask AcceptAsync(StoreWelcome welcome, CancellationToken cancellationToken) =>
        await wire.Write(_tag).Write(" OK [CAPABILITY ").Write(welcome.Capabilities).Write("] ").Write(welcome.Text).SendAsync("\r\n", cancellationToken);

    public async ValueTask GoodbyeAsync(ProxyFailure failure, CancellationToken cancellationToken)
    {
        if (failure is not (ProxyFailure.ClientLeft or ProxyFailure.ClientTlsFailed))
        {
            var row = FailureTable.Of(failure);
            await wire.SendAsync($"* BYE {row.Imap} {row.Text}\r\n", cancellationToken);
        }
    }

    // It may have been a password. The arguments are the command's own octets, copied from the wire.
    private static void Forget(ImapCommand command)
    {
        if (MemoryMarshal.TryGetArray(command.Arguments, out var octets))
        {
            octets.AsSpan().Clear();
        }
    }

    private static string FrameChallenge(string challenge) => $"+ {challenge}\r\n";

    private string Capabilities() => settings.Offers.Imap.Of(settings.Offered);

    // A command with literals is read as a whole; each synchronizing literal is invited once.
    private async ValueTask<(WireStatus Status, ImapCommand? Command)> ReadCommandAsync(CancellationToken cancellationToken)
    {
        _invited = 0;
        while (true)
        {
            _mustInvite = false;
            var read = await wire.ReadAsync(_parser ??= TryReadCommand, cancellationToken);
            if (!_mustInvite)
            {
                _tag = read.Value?.Tag ?? _readTag ?? "*";
                return (read.Status, read.Value);
            }

            if (!await wire.SendAsync("+ Ready.\r\n", cancellationToken))
            {
                return (WireStatus.Closed, null);
            }
        }
    }

    private ReadStatus TryReadCommand(in ReadOnlySequence<byte> buffer, out ImapCommand? value, out SequencePosition end)
    {
        (value, end, _readTag) = (null, buffer.Start, null);
        switch (ImapCommandReader.TryRead(buffer, ImapReadLimits.BeforeLogin, out var frame))
        {
            case ImapReadStatus.Done:
                end = frame.End;
                return ImapCommand.TryParse(frame.Bytes, out value, out _readTag) == ReadStatus.Done ? ReadStatus.Done : ReadStatus.Malformed;
            case ImapReadStatus.NeedLiteral when frame.PendingIsSynchronizing && frame.LiteralCount > _invited:
                // Done without a value and without consuming: say "+", read again with more bytes.
                _invited = frame.LiteralCount;
                _mustInvite = true;
                return ReadStatus.Done;
            case ImapReadStatus.NeedLiteral or ImapReadStatus.NeedMore:
                return ReadStatus.NeedMore;
            case ImapReadStatus.Malformed:
                end = frame.End;
                return ReadStatus.Malformed;
            default:
                return ReadStatus.TooLong;
        }
    }

    private async ValueTask<Outcome<LoginAttempt>?> ServeAsync(ImapCommand command, CancellationToken cancellationToken)
    {
        switch (command.Verb)
        {
            case "LOGIN":
                return await ReadLoginCommandAsync(command, cancellationToken);
            case "AUTHENTICATE":
                return await AuthenticateAsync(command, cancellationToken);
            case "CAPABILITY":
                return await AnswerAsync($"* CAPABILITY {Capabilities()}\r\n{_tag} OK CAPABILITY completed.\r\n", cancellationToken);
            case "NOOP":
                return await AnswerAsync($"{_tag} OK NOOP completed.\r\n", cancellationToken);
            case "ID" when settings.Session.IsTrusted:
                return await IdentifyAsync(command, cancellationToken);
            case "ID":
                return await AnswerAsync($"* ID (\"name\" \"MailProxy\")\r\n{_tag} OK ID completed.\r\n", cancellationToken);
            case "ENABLE":
                // Nothing can be enabled for a store that is not known yet; the store is asked again after login.
                return await AnswerAsync($"* ENABLED\r\n{_tag} OK ENABLE completed.\r\n", cancellationToken);
            case "STARTTLS":
                return await StartTlsAsync(cancellationToken);
            case "LOGOUT":
                await wire.SendAsync($"* BYE Logging out.\r\n{_tag} OK LOGOUT completed.\r\n", cancellationToken);
                return Outcome<LoginAttempt>.Failed(ProxyFailure.ClientLeft, "logout");
            default:
                if (HttpVerbs.IsHttp(command.Tag))
                {
                    return Outcome<LoginAttempt>.Failed(ProxyFailure.ClientProtocolError, "HTTP on a mail port");
                }

                var failure = await RefuseJunkAsync("Unknown command, or log in first.", cancellationToken);
                return failure is { } junk ? Outcome<LoginAttempt>.Failed(junk) : (Outcome<LoginAttempt>?)null;
        }
    }

    private async ValueTask<Outcome<LoginAttempt>?> IdentifyAsync(ImapCommand command, CancellationToken cancellationToken)
    {
        if (!ImapClientId.TryRead(command.Arguments.Span, out var said))
        {
            return await JunkOrNullAsync("ID takes NIL or a list of fields.", cancellationToken);
        }

        return said is not null && ClientIdentity.Accept(settings, said) is { } failure
            ? Outcome<LoginAttempt>.Failed(failure, settings.Session.FailureDetail)
            : await AnswerAsync($"* ID (\"name\" \"MailProxy\")\r\n{_tag} OK ID completed.\r\n", cancellationToken);
    }

    private async ValueTask<Outcome<LoginAttempt>?> ReadLoginCommandAsync(ImapCommand command, CancellationToken cancellationToken)
    {
        if (!settings.MayLogIn)
        {
            await RefuseAsync(ProxyFailure.TlsRequired, null, cancellationToken);
            return await CountAsync(cancellationToken);
        }

        if (TryReadLogin(command, out var attempt))
        {
            return attempt;
        }

        return await JunkOrNullAsync("LOGIN takes a user name and a password.", cancellationToken);
    }

    private static bool TryReadLogin(ImapCommand command, out LoginAttempt attempt)
    {
        attempt = null!;
        var arguments = new ImapArgumentReader(command.Arguments.Span);
        if (!arguments.TryReadAstring(out var user) || !arguments.TryReadSpace() || !arguments.TryReadAstring(out var password) || !arguments.AtEnd)
        {
            return false;
        }

        if (!CredentialText.TryName(user, out var name) || !CredentialText.IsPassword(password))
        {
            Array.Clear(password);
            return false;
        }

        attempt = new LoginAttempt(name, "", new Secret(password), "LOGIN");
        return true;
    }

    private async ValueTask<Outcome<LoginAttempt>?> AuthenticateAsync(ImapCommand command, CancellationToken cancellationToken)
    {
        if (!settings.MayLogIn)
        {
            await RefuseAsync(ProxyFailure.TlsRequired, null, cancellationToken);
            return await CountAsync(cancellationToken);
        }

        if (!TryReadMechanism(command, out var mechanism, out var initialResponse))
        {
            return await JunkOrNullAsync("AUTHENTICATE takes a mechanism.", cancellationToken);
        }

        // The command's tag answers the whole exchange, whatever lines come in it.
        var (attempt, refusal) = await new SaslExchange(wire, settings, FrameChallenge).RunAsync(mechanism, initialResponse, cancellationToken);
        if (attempt is not null)
        {
            return attempt;
        }

        switch (refusal)
        {
            case SaslExchange.Refusal.Closed:
                return Outcome<LoginAttempt>.Failed(ProxyFailure.ClientLeft, "closed");
            case SaslExchange.Refusal.TooLong:
                return Outcome<LoginAttempt>.Failed(ProxyFailure.LineTooLong);
            case SaslExchange.Refusal.UnknownMechanism:
                await wire.SendAsync($"{_tag} NO [CANNOT] Mechanism not supported.\r\n", cancellationToken);
                return await CountAsync(cancellationToken);
            case SaslExchange.Refusal.Cancelled:
                return await JunkOrNullAsync("AUTHENTICATE cancelled.", cancellationToken);
            default:
                return await JunkOrNullAsync("Invalid SASL response.", cancellationToken);
        }
    }

    private static bool TryReadMechanism(ImapCommand command, out string mechanism, out byte[]? initialResponse)
    {
        mechanism = "";
        initialResponse = null;
        var arguments = new ImapArgumentReader(command.Arguments.Span);
        if (!arguments.TryReadAtom(out var name))
        {
            return false;
        }

        mechanism = Encoding.ASCII.GetString(name);
        if (arguments.TryReadSpace())
        {
            initialResponse = arguments.Rest.ToArray();
            return initialResponse.Length > 0;
        }

        return arguments.AtEnd;
    }

    private async ValueTask<Outcome<LoginAttempt>?> StartTlsAsync(CancellationToken cancellationToken)
    {
        if (!settings.OffersStartTls)
        {
            return await JunkOrNullAsync("STARTTLS is not available.", cancellationToken);
        }

        await wire.SendAsync($"{_tag} OK Begin TLS now.\r\n", cancellationToken);
        var failure = await ClientTls.BecomeServerAsync(settings.Session, settings.Tls!, settings.Limits.Handshake, settings.Deadline);
        return failure is { } failed ? Outcome<LoginAttempt>.Failed(failed, settings.Session.FailureDetail) : (Outcome<LoginAttempt>?)null;
    }

    private async ValueTask<Outcome<LoginAttempt>?> AnswerAsync(string text, CancellationToken cancellationToken) =>
        await wire.SendAsync(text, cancellationToken) ? await CountAsync(cancellationToken) : Outcome<LoginAttempt>.Failed(ProxyFailure.ClientLeft, "closed");

    private async ValueTask<Outcome<LoginAttempt>?> JunkOrNullAsync(string text, CancellationToken cancellationToken) =>
        await RefuseJunkAsync(text, cancellationToken) is { } failure ? Outcome<LoginAttempt>.Failed(failure) : (Outcome<LoginAttempt>?)null;

    private async ValueTask<ProxyFailure?> RefuseJunkAsync(string text, CancellationToken cancellationToken)
    {
        if (!await wire.SendAsync($"{_tag} BAD {text}\r\n", cancellationToken))
        {
            return ProxyFailure.ClientLeft;
        }

        return ++_junk > settings.Limits.JunkCommands ? ProxyFailure.TooManyErrors : null;
    }

    // Useful commands count too: a client that only ever says NOOP before login is no client.
    private ValueTask<Outcome<LoginAttempt>?> CountAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult<Outcome<LoginAttempt>?>(++_junk > settings.Limits.JunkCommands ? Outcome<LoginAttempt>.Failed(ProxyFailure.TooManyErrors) : (Outcome<LoginAttempt>?)null);
    }
}
