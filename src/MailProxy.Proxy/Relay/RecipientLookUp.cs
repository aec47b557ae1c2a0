using MailProxy.Directory;
using MailProxy.Proxy.Sessions;

namespace MailProxy.Proxy.Relay;

/// <summary>Asks the directory what a recipient's address is.</summary>
internal static class RecipientLookUp
{
    /// <summary>RFC 5321 4.5.1: <c>&lt;Postmaster></c> without a domain must reach someone: the postmaster of our host's name, or of a domain above it.</summary>
    public static async ValueTask<LookupResult> AskAsync(SessionServices services, string address, CancellationToken cancellationToken)
    {
        if (address.Contains('@', StringComparison.Ordinal))
        {
            return await services.Directory.LookUpAsync(address, cancellationToken);
        }

        LookupResult found;
        var domain = services.Settings.HostName;
        do
        {
            found = await services.Directory.LookUpAsync($"postmaster@{domain}", cancellationToken);
            domain = domain[(domain.IndexOf('.', StringComparison.Ordinal) + 1)..];
        }
        while (found.Outcome != LookupOutcome.Found && domain.Contains('.', StringComparison.Ordinal));
        return found;
    }
}
