using System.Text.Json;
using System.Text.Json.Serialization;
using MailProxy.Directory;

namespace MailProxy.Commands;

/// <summary>What <c>mailproxy user test</c> found out, told as it comes or kept for JSON.</summary>
internal sealed class UserTestReport(string user, TextWriter? output)
{
    private readonly List<string> _steps = [];
    private LookupResult? _address;
    private AuthenticationResult? _verdict;

    /// <summary>How reports are written as JSON.</summary>
    public static JsonSerializerOptions JsonSettings { get; } = new()
    {
        WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase, Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>The user may log in.</summary>
    public bool IsAuthenticated => _verdict?.Outcome == AuthenticationOutcome.Authenticated;

    /// <summary>Something happened on the way.</summary>
    public void Step(string text)
    {
        _steps.Add(text);
        Tell($"  {text}");
    }

    /// <summary>What the address is for mail that arrives.</summary>
    public void LookedUp(LookupResult result)
    {
        _address = result;
        var users = string.Join(", ", result.Users.Select(one => $"{one.Name} (home {one.Home ?? "not named"})"));
        Tell($"as an address: {result.Outcome}{(users.Length > 0 ? $": {users}" : "")}{InBrackets(result.Detail)}");
        Tell("as a login:");
    }

    /// <summary>The verdict.</summary>
    public void Judged(AuthenticationResult result)
    {
        _verdict = result;
        Tell($"verdict: {result.Outcome}{InBrackets(result.Detail)}");
        if (result.User is { } found)
        {
            Tell($"  user {found.Name}, home {found.Home ?? "not named: domain or slot decides"}");
            foreach (var (name, value) in found.Attributes.OrderBy(attribute => attribute.Key, StringComparer.Ordinal))
            {
                Tell($"  {name} = {value}");
            }
        }

        if (result.Outcome == AuthenticationOutcome.TemporarilyUnavailable)
        {
            Tell("  clients hear that the service is unavailable, not that their password or token is wrong");
        }
    }

    /// <summary>All of it.</summary>
    public object ToJson() => new
    {
        user,
        address = _address is null ? null : new { _address.Outcome, users = _address.Users.Select(one => new { one.Name, one.Home }), _address.Detail },
        steps = _steps,
        verdict = _verdict is null ? null : new { _verdict.Outcome, _verdict.Detail, user = _verdict.User is null ? null : new { _verdict.User.Name, _verdict.User.Home, _verdict.User.Attributes } },
    };

    private static string InBrackets(string detail) => detail.Length == 0 ? "" : $" ({detail})";

    // What a directory says goes to a terminal, where control characters do things.
    private void Tell(string line) => output?.WriteLine(string.Concat(line.Select(character => char.IsControl(character) ? ' ' : character)));
}
