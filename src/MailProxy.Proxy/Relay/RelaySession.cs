using MailProxy.Proxy.Authenticate;
using MailProxy.Proxy.Failures;
using MailProxy.Proxy.Sessions;
using MailProxy.Proxy.Wire;

namespace MailProxy.Proxy.Relay;

/// <summary>A session on an MX or LMTP listener: nobody logs in, mail for our own users is taken.</summary>
internal sealed class RelaySession(SessionContext session, SessionServices services, DialogueSettings settings, MailWire wire) : IFarewell
{
    /// <summary>Greets and serves.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        session.Enter(SessionPhase.Greeting);
        var kind = session.Listener.Protocol == MailProtocol.Lmtp ? "LMTP" : "ESMTP";
        if (await wire.SendAsync($"220 {settings.HostName} {kind}\r\n", stop))
        {
            await using var dialogue = new RelayDialogue(session, services, settings, wire, submitter: null, helo: "");
            await dialogue.RunAsync(stop);
        }
    }

    /// <inheritdoc/>
    public async ValueTask GoodbyeAsync(ProxyFailure failure, CancellationToken cancellationToken)
    {
        var row = FailureTable.Of(failure);
        await wire.SendAsync($"{row.SmtpAuth} {row.Text}\r\n", cancellationToken);
    }
}
