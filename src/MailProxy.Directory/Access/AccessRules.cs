using System.Net;

namespace MailProxy.Directory.Access;

/// <summary>
/// What a user's attributes say of where from and by what the user may log in: <c>allow_nets</c> (addresses and networks) and <c>protocols</c>, lists with commas or
/// blanks between. Absent: no limit. A list that cannot be read lets nobody in, and is told as a fault of ours, not as a wrong password.
/// </summary>
internal static class AccessRules
{
    /// <summary>Networks and addresses, e.g. <c>10.0.0.0/8, 2001:db8::/32, 192.0.2.7</c>.</summary>
    public const string Nets = "allow_nets";

    /// <summary>Protocols, e.g. <c>imap, submission</c>.</summary>
    public const string Protocols = "protocols";

    private static readonly char[] Separators = [',', ' ', '\t', '\n'];

    /// <summary>The result as it came, or a refusal.</summary>
    public static AuthenticationResult Judge(AuthenticationRequest request, AuthenticationResult result)
    {
        if (result is not { Outcome: AuthenticationOutcome.Authenticated, User: { Attributes.Count: > 0 } user })
        {
            return result;
        }

        if (user.Attributes.TryGetValue(Protocols, out var protocols) && !Words(protocols).Contains(request.Protocol, StringComparer.OrdinalIgnoreCase))
        {
            return Refused(user, $"{user.Name} may log in by {protocols} only");
        }

        if (!user.Attributes.TryGetValue(Nets, out var nets))
        {
            return result;
        }

        return IsWithin(nets, request.Client?.Address) switch
        {
            true => result,
            false => Refused(user, $"{user.Name} may log in from {nets} only"),
            null => new AuthenticationResult(AuthenticationOutcome.TemporarilyUnavailable, user, $"{Nets} of {user.Name} cannot be read: '{nets}'"),
        };
    }

    private static AuthenticationResult Refused(DirectoryUser user, string detail) => new(AuthenticationOutcome.NotAuthorized, user, detail);

    // Null: some word of the list is no network.
    private static bool? IsWithin(string nets, IPAddress? address)
    {
        var isWithin = false;
        address = address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;
        foreach (var word in Words(nets))
        {
            if (IPNetwork.TryParse(word, out var network))
            {
                isWithin |= address is not null && network.Contains(address);
            }
            else if (IPAddress.TryParse(word, out var single) && !word.Contains('/', StringComparison.Ordinal))
            {
                isWithin |= single.Equals(address);
            }
            else
            {
                return null;
            }
        }

        return isWithin;
    }

    private static string[] Words(string list) => list.Split(Separators, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
