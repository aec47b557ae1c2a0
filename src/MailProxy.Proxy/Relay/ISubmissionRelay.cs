using MailProxy.Directory;

namespace MailProxy.Proxy.Relay;

/// <summary>Takes over a submission session after login when the home store does not take submissions itself.</summary>
internal interface ISubmissionRelay
{
    /// <summary>Serves message transactions of this user until the session ends.</summary>
    Task RunAsync(DirectoryUser user, CancellationToken stop);
}
