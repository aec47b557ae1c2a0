using MailProxy.Directory;
using MailProxy.Proxy.Authenticate;
using MailProxy.Proxy.Sessions;
using MailProxy.Proxy.Smtp;
using MailProxy.Proxy.Wire;

namespace MailProxy.Proxy.Relay;

/// <summary>Submission by relay: own users are delivered to their stores, everyone else by way of the smarthost.</summary>
internal sealed class SubmissionRelay(
    SessionContext session, SessionServices services, DialogueSettings settings, MailWire wire, SubmissionClientDialogue client) : ISubmissionRelay
{
    /// <inheritdoc/>
    public async Task RunAsync(DirectoryUser user, CancellationToken stop)
    {
        await using var dialogue = new RelayDialogue(session, services, settings, wire, user, client.HeloName);
        await dialogue.RunAsync(stop);
    }
}
