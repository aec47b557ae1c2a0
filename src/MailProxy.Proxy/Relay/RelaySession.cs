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
        if (settings.Limits.GreetingDelay > TimeSpan.Zero && session.Listener.Protocol == MailProtocol.Mx && !session.IsTrusted && !await WaitAsync(stop))
        {
            return;
        }

        var kind = session.Listener.Protocol == MailProtocol.Lmtp ? "LMTP" : "ESMTP";
        if (await wire.SendAsync($"220 {settings.HostName} {kind}\r\n", stop))
        {
            await using var dialogue = new RelayDialogue(session, services, settings, wire, submitter: null, helo: "");
            await dialogue.RunAsync(stop);
        }
    }

    // RFC 5321 4.3.1: a client waits for the greeting. Who does not has a list of addresses to go through, and listens to no answer.
    private async ValueTask<bool> WaitAsync(CancellationToken stop)
    {
        using var delay = settings.Deadline.Within(settings.Limits.GreetingDelay);
        try
        {
            var read = await wire.Input.ReadAsync(settings.Deadline.Token);
            wire.Input.AdvanceTo(read.Buffer.End);
            if (read.Buffer.IsEmpty)
            {
                session.EndedBy = "client closed";
                return false;
            }
        }
        catch (OperationCanceledException) when (delay.HasPassed)
        {
            return true;
        }

        session.Fail(ProxyFailure.ClientProtocolError, "it talked before the greeting");
        session.EndedBy = nameof(ProxyFailure.ClientProtocolError);
        services.Metrics.Failed(session.Listener.Name, ProxyFailure.ClientProtocolError);
        await wire.SendAsync("554 5.5.1 The greeting comes first, goodbye.\r\n", stop);
        return false;
    }

    /// <inheritdoc/>
    public async ValueTask GoodbyeAsync(ProxyFailure failure, CancellationToken cancellationToken)
    {
        var row = FailureTable.Of(failure);
        await wire.SendAsync($"{row.SmtpAuth} {row.Text}\r\n", cancellationToken);
    }
}
