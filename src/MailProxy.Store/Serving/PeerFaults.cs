using Microsoft.AspNetCore.Connections;

namespace MailProxy.Store.Serving;

/// <summary>Tells what peers and networks do from bugs.</summary>
internal static class PeerFaults
{
    /// <summary>True for what a connection throws when it was reset, aborted or closed underneath.</summary>
    public static bool IsOne(Exception exception) =>
        exception is IOException or ConnectionAbortedException or ObjectDisposedException or InvalidOperationException { Source: "System.IO.Pipelines" };
}
