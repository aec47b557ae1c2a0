using System.Buffers;
using System.Text;
using MailProxy.Directory;
using MailProxy.Directory.Proofs;
using MailProxy.Protocols;
using MailProxy.Protocols.Pop3;
using MailProxy.Protocols.Sasl;
using MailProxy.Protocols.Smtp;
using MailProxy.Proxy.Accept;
using MailProxy.Proxy.Authenticate;
using MailProxy.Proxy.Failures;
using MailProxy.Proxy.StoreLogin;
using MailProxy.Proxy.Wire;

namespace MailProxy.Proxy.Pop3;

/// <summary>POP3 with the client, up to login (RFC 1939, RFC 2449 CAPA, RFC 2595 STLS, RFC 5034 AUTH).</summary>
internal sealed class Pop3ClientDialogue(MailWire wire, DialogueSettings settings) : LineDialogue(wire, settings)
{
    // RFC 1939 7: unlike any other, here or elsewhere; empty when APOP is not offered.
    private readonly string _banner = settings.Offers.Mechanisms.Offers(SaslMechanisms.Apop) ? CramChallenge.Make(settings.HostName) : "";
    private bool _wasTold;
    private string? _user;

    // RFC 2449 4: 255 octets; AUTH with an initial response needs RFC 4954's 12,288.
    protected override int LineLimit => 12_288;

    protected override string UnknownMechanism => "-ERR [SYS/PERM] Mechanism not supported.\r\n";

    protected override string Cancelled => "-ERR Authentication cancelled.\r\n";

    protected override string BeginTls => "+OK Begin TLS now.\r\n";

    public override async ValueTask GreetAsync(CancellationToken cancellationToken)
    {
        _wasTold = OffersApop;
        await Wire.SendAsync($"+OK {(Settings.Session.IsTrusted ? "[XCLIENT] " : "")}{Settings.HostName} ready.{(_wasTold ? " " + _banner : "")}\r\n", cancellationToken);
    }

    public override async ValueTask RefuseAsync(ProxyFailure failure, string? userText, CancellationToken cancellationToken)
    {
        var row = FailureTable.Of(failure);
        await Wire.SendAsync($"-ERR {userText ?? $"{row.Pop3} {row.Text}"}\r\n", cancellationToken);
    }

    public override async ValueTask AcceptAsync(StoreWelcome welcome, CancellationToken cancellationToken) =>
        await Wire.SendAsync($"+OK {welcome.Text}\r\n", cancellationToken);

    public override async ValueTask GoodbyeAsync(ProxyFailure failure, CancellationToken cancellationToken)
    {
        if (failure is not (ProxyFailure.ClientLeft or ProxyFailure.ClientTlsFailed))
        {
            await RefuseAsync(failure, null, cancellationToken);
        }
    }

    protected override string Syntax(string text) => $"-ERR {text}\r\n";

    protected override string FrameChallenge(string challenge) => $"+ {challenge}\r\n";

    protected override async ValueTask<Outcome<LoginAttempt>?> ServeAsync(byte[] line, CancellationToken cancellationToken)
    {
        if (Pop3Command.TryParse(new ReadOnlySequence<byte>(line), out var command) != ReadStatus.Done)
        {
            return await ReplyAsync(Syntax("Unknown command."), cancellationToken);
        }

        // RFC 2449 4: only AUTH may be longer than 255 octets. Passwords of LOGIN's length must fit, so PASS may be as well.
        if (line.Length > 253 && command.Verb is not ("AUTH" or "PASS"))
        {
            return Outcome<LoginAttempt>.Failed(ProxyFailure.LineTooLong);
        }

        // A name holds for the very next command only: no stale one is ever joined to a later password.
        var user = _user;
        _user = null;
        switch (command.Verb)
        {
            case "USER":
                return await NameAsync(command.Argument.ToArray(), cancellationToken);
            case "PASS":
                return await PassAsync(user, command.Argument.ToArray(), cancellationToken);
            case "APOP" when _banner.Length > 0:
                return await ApopAsync(command.Argument.ToArray(), cancellationToken);
            case "AUTH" when command.Argument.IsEmpty:
                return await ReplyAsync($"+OK\r\n{string.Concat(Mechanisms.Select(name => name + "\r\n"))}.\r\n", cancellationToken);
            case "AUTH":
                return await AuthenticateAsync(command.Argument, cancellationToken);
            case "CAPA":
                return await ReplyAsync($"+OK\r\n{string.Concat(Capabilities().Select(line => line + "\r\n"))}.\r\n", cancellationToken);
            case "STLS":
                return await StartTlsAsync(cancellationToken);
            case "XCLIENT":
                return await XclientAsync(command.Argument, cancellationToken);
            case "NOOP":
                return await ReplyAsync("+OK\r\n", cancellationToken);
            case "QUIT":
                await Wire.SendAsync("+OK Bye.\r\n", cancellationToken);
                return Outcome<LoginAttempt>.Failed(ProxyFailure.ClientLeft, "quit");
            default:
                return await ReplyAsync(Syntax("Unknown command, or log in first."), cancellationToken);
        }
    }

    // Dovecot's: its offer stands in the greeting, so ours does too.
    private async ValueTask<Outcome<LoginAttempt>?> XclientAsync(ReadOnlySequence<byte> argument, CancellationToken cancellationToken)
    {
        if (!Settings.Session.IsTrusted)
        {
            return await ReplyAsync("-ERR Not from this address.\r\n", cancellationToken);
        }

        if (Xclient.TryParse(argument, out var said) != ReadStatus.Done)
        {
            return await ReplyAsync(Syntax("XCLIENT takes NAME=value."), cancellationToken);
        }

        return ClientIdentity.Accept(Settings, said!) is { } failure
            ? Outcome<LoginAttempt>.Failed(failure, Settings.Session.FailureDetail)
            : await ReplyAsync("+OK Updated.\r\n", cancellationToken);
    }

    private IEnumerable<string> Mechanisms => Settings.MayLogIn ? Settings.Offers.Mechanisms.On(Settings.Offered) : [];

    private IEnumerable<string> Capabilities()
    {
        yield return "TOP";
        yield return "UIDL";
        yield return "RESP-CODES";
        yield return "AUTH-RESP-CODE";
        yield return "PIPELINING";
        if (Settings.Session.IsTrusted)
        {
            yield return "XCLIENT";
        }

        if (Settings.OffersStartTls)
        {
            yield return "STLS";
        }

        if (Settings.MayLogIn)
        {
            yield return "USER";
            if (Mechanisms.Any())
            {
                yield return "SASL " + string.Join(' ', Mechanisms);
            }
        }
    }

    // Where no password may be sent, no APOP either; a greeting before STARTTLS promises none.
    private bool OffersApop => _banner.Length > 0 && Settings.MayLogIn;

    private async ValueTask<Outcome<LoginAttempt>?> ApopAsync(byte[] argument, CancellationToken cancellationToken)
    {
        if (!Settings.MayLogIn)
        {
            await RefuseAsync(ProxyFailure.TlsRequired, null, cancellationToken);
            return null;
        }

        // A banner that was not sent, because it came before TLS, answers nothing.
        return CramResponse.TryParse(argument, out var response) == ReadStatus.Done && _wasTold
            ? (Outcome<LoginAttempt>)new LoginAttempt(response!.UserName, "", new Secret([]), SaslMechanisms.Apop)
            {
                Proof = new DigestProof(isKeyed: false, _banner, response.Digest.Span),
            }
            : await ReplyAsync(Syntax("APOP takes a user name and a digest of the greeting."), cancellationToken);
    }

    private async ValueTask<Outcome<LoginAttempt>?> NameAsync(byte[] argument, CancellationToken cancellationToken)
    {
        if (!Settings.MayLogIn)
        {
            await RefuseAsync(ProxyFailure.TlsRequired, null, cancellationToken);
            return null;
        }

        if (!CredentialText.TryName(argument, out var name))
        {
            return await ReplyAsync(Syntax("USER takes a user name."), cancellationToken);
        }

        _user = name;
        return await ReplyAsync("+OK\r\n", cancellationToken);
    }

    private async ValueTask<Outcome<LoginAttempt>?> PassAsync(string? user, byte[] password, CancellationToken cancellationToken)
    {
        if (user is null)
        {
            return await ReplyAsync(Syntax("USER comes first."), cancellationToken);
        }

        if (!CredentialText.IsPassword(password))
        {
            return await ReplyAsync(Syntax("PASS takes a password."), cancellationToken);
        }

        return (Outcome<LoginAttempt>)new LoginAttempt(user, "", new Secret(password), "USER");
    }
}
