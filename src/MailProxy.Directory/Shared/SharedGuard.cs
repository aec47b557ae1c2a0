using System.Globalization;
using MailProxy.Directory.Guard;

namespace MailProxy.Directory.Shared;

/// <summary>The guard against guessing, counted on the server.</summary>
internal sealed class SharedGuard(SharedLink link, SharedNames names, GuardOptions options) : ISharedGuard
{
    /// <inheritdoc/>
    public ISharedAttempt Begin(string user, ClientPrefix? address, Guess guess)
    {
        // As the node's own guard does: the case of names does not count.
        var name = user.ToLowerInvariant();
        var from = address is { } prefix ? string.Create(CultureInfo.InvariantCulture, $"{(prefix.IsV6 ? 6 : 4)}:{prefix.Prefix:x}") : null;
        return new SharedAttempt(link, names, options, name, from, guess);
    }
}
