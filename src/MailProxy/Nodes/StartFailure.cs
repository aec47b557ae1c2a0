using MailProxy.Store.Engine;
using MailProxy.Transport.Tls;

namespace MailProxy.Nodes;

/// <summary>Tells faults that an operator can mend from bugs.</summary>
internal static class StartFailure
{
    /// <summary>One clear sentence, or null when a stack trace says more.</summary>
    public static string? Explain(Exception exception) => exception switch
    {
        // ListenFailedException and its like are IOExceptions whose message is the sentence.
        StoreUnusableException or CertificateFileException or UnauthorizedAccessException or IOException => $"mailproxy: {exception.Message}",
        _ => null,
    };
}
