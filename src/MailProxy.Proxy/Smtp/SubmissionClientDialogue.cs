using System.Buffers;
using System.Text;
using MailProxy.Protocols;
using MailProxy.Protocols.Smtp;
using MailProxy.Proxy.Authenticate;
using MailProxy.Proxy.Failures;
using MailProxy.Proxy.StoreLogin;
using MailProxy.Proxy.Wire;

namespace MailProxy.Proxy.Smtp;

/// <summary>Submission with the client, up to login (RFC 6409, RFC 4954 AUTH, RFC 3207 STARTTLS).</summary>
internal sealed class SubmissionClientDialogue(MailWire wire, DialogueSettings settings) : LineDialogue(wire, settings)
{
    private bool _hasGreeted;

    /// <summary>The name the client gave in EHLO or HELO; empty before it.</summary>
    public string HeloName { get; private set; } = "";

    // RFC 4954 4: 12,288 octets for AUTH; RFC 5321 4.5.3.1.4 gives 512 to the rest.
    protected override int LineLimit => 12_288;

    protected override string UnknownMechanism => "504 5.5.4 Mechanism not supported.\r\n";

    protected override string Cancelled => "501 5.7.0 Authentication cancelled.\r\n";

    protected override string BeginTls => "220 2.0.0 Begin TLS now.\r\n";

    public override async ValueTask GreetAsync(CancellationToken cancellationToken) =>
        await Wire.SendAsync($"220 {Settings.HostName} ESMTP\r\n", cancellationToken);

    public override async ValueTask RefuseAsync(ProxyFailure failure, string? userText, CancellationToken cancellationToken)
    {
        var row = FailureTable.Of(failure);
        await Wire.SendAsync($"{userText ?? $"{row.SmtpAuth} {row.Text}"}\r\n", cancellationToken);
    }

    public override async ValueTask AcceptAsync(StoreWelcome welcome, CancellationToken cancellationToken) =>
        await Wire.SendAsync($"235 2.7.0 {welcome.Text}\r\n", cancellationToken);

    public override async ValueTask GoodbyeAsync(ProxyFailure failure, CancellationToken cancellationToken)
    {
        if (failure is not (ProxyFailure.ClientLeft or ProxyFailure.ClientTlsFailed))
        {
            await RefuseAsync(failure, null, cancellationToken);
        }
    }

    protected override string Syntax(string text) => $"501 5.5.2 {text}\r\n";

    protected override string FrameChallenge(string challenge) => $"334 {challenge}\r\n";

    protected override async ValueTask<Outcome<LoginAttempt>?> ServeAsync(byte[] line, CancellationToken cancellationToken)
    {
        if (SmtpCommand.TryParse(new ReadOnlySequence<byte>(line), out var command) != ReadStatus.Done)
        {
            return await ReplyAsync("500 5.5.2 Unknown command.\r\n", cancellationToken);
        }

        if (line.Length > 510 && command.Verb is not "AUTH")
        {
            return Outcome<LoginAttempt>.Failed(ProxyFailure.LineTooLong);
        }

        switch (command.Verb)
        {
            case "EHLO" or "HELO":
                return await HelloAsync(command, cancellationToken);
            case "AUTH" when !_hasGreeted:
                return await ReplyAsync("503 5.5.1 EHLO comes first.\r\n", cancellationToken);
            case "AUTH" when command.Argument.IsEmpty:
                return await ReplyAsync(Syntax("AUTH takes a mechanism."), cancellationToken);
            case "AUTH":
                return await AuthenticateAsync(command.Argument, cancellationToken);
            case "STARTTLS":
                var step = await StartTlsAsync(cancellationToken);

                // RFC 3207 4.2: what was said before is forgotten, EHLO included.
                _hasGreeted &= Settings.Session.Tls is not { IsEncrypted: true };
                return step;
            case "XCLIENT":
                return await XclientAsync(command, cancellationToken);
            case "NOOP" or "RSET":
                return await ReplyAsync("250 2.0.0 OK\r\n", cancellationToken);
            case "QUIT":
                await Wire.SendAsync("221 2.0.0 Bye.\r\n", cancellationToken);
                return Outcome<LoginAttempt>.Failed(ProxyFailure.ClientLeft, "quit");
            case "MAIL" or "RCPT" or "DATA" or "BDAT":
                return await ReplyAsync(
                    Settings.MayLogIn ? "530 5.7.0 Authentication required.\r\n" : "530 5.7.0 Start TLS first, then authenticate.\r\n", cancellationToken);
            default:
                return await ReplyAsync("502 5.5.1 Command not available here.\r\n", cancellationToken);
        }
    }

    private async ValueTask<Outcome<LoginAttempt>?> HelloAsync(SmtpCommand command, CancellationToken cancellationToken)
    {
        var name = Encoding.UTF8.GetString(command.Argument);
        if (!HelloName.IsValid(name))
        {
            return await ReplyAsync(Syntax($"{command.Verb} takes your host name."), cancellationToken);
        }

        HeloName = Settings.Session.Word is { Helo: { Length: > 0 } told } ? told : name;
        _hasGreeted = true;
        if (command.Verb == "HELO")
        {
            return await ReplyAsync($"250 {Settings.HostName}\r\n", cancellationToken);
        }

        var offers = Settings.Offers.Submission.Of(Settings.Offered);
        return await ReplyAsync(Settings.Session.IsTrusted ? offers.Insert(offers.IndexOf('\n', StringComparison.Ordinal) + 1, $"250-{SmtpXclient.Offer}\r\n") : offers, cancellationToken);
    }

    private async ValueTask<Outcome<LoginAttempt>?> XclientAsync(SmtpCommand command, CancellationToken cancellationToken)
    {
        var (refusal, failure) = SmtpXclient.Read(Settings, command.Argument);
        if (failure is { } ending)
        {
            return Outcome<LoginAttempt>.Failed(ending, Settings.Session.FailureDetail);
        }

        // It was taken: the session begins again.
        _hasGreeted &= refusal is not null;
        return await ReplyAsync(refusal ?? $"220 {Settings.HostName} ESMTP\r\n", cancellationToken);
    }
}
