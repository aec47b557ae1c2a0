using MailProxy.Directory.Shared;
using MailProxy.Proxy.Submission;

namespace MailProxy.Nodes;

/// <summary>Joins the proxy's count of what submitters send, which knows no server, to the server's, which knows no proxy.</summary>
internal sealed class SharedSubmissionRates(SharedRates rates) : ISharedRates
{
    /// <inheritdoc/>
    public ValueTask<bool?> TakeAsync(SubmissionCount what, string user, int limit) =>
        rates.TakeAsync(what == SubmissionCount.Messages ? "messages" : "recipients", user, limit);
}
