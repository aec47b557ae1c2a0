using System.Diagnostics.CodeAnalysis;
using MailProxy.Routing.Catalog;
using MailProxy.Routing.Pins;
using MailProxy.Routing.Views;

namespace MailProxy.Routing.Consul.Feed;

/// <summary>The five feeds of a view.</summary>
internal static class RoutingFeeds
{
    // RFC 5321 4.5.3.1: 64 octets of local part, @, 255 of domain.
    private const int MaxUserLength = 320;

    private static readonly KvMap<Pin> Pins = new(
        "pins", "users", UserProblem, PinParser.TryParse, PinText.WriteText, ViewParts.Pins, (view, pins) => view with { Pins = pins },
        users => new RouteChange(users));

    private static readonly KvMap<string> Domains = new(
        "domains", "domains", DomainProblem, TryParseStoreId, store => store, ViewParts.Domains, (view, domains) => view with { Domains = domains },
        _ => RouteChange.Anybody);

    private static readonly KvMap<StoreState> OperatorStates = new(
        "stores", "stores", StoreId.Problem, OperatorStateParser.TryParse, OperatorStateParser.Write, ViewParts.OperatorStates,
        (view, states) => view with { OperatorStates = states }, _ => RouteChange.Nobody);

    public static IReadOnlyList<IFeed> Create(string storeService, FeedContext context) =>
    [
        new KvMapFeed<Pin>(Pins, context),
        new KvMapFeed<string>(Domains, context),
        new KvMapFeed<StoreState>(OperatorStates, context),
        new SlotFeed(context),
        new CatalogFeed(storeService, context),
    ];

    private static string? UserProblem(string user) => user switch
    {
        { Length: > MaxUserLength } => $"a user name is not longer than {MaxUserLength} characters",
        _ when user.Any(char.IsControl) => "a user name holds no control characters",
        _ when user.Any(char.IsUpper) => "user names are written in lower case here",
        _ => null,
    };

    private static string? DomainProblem(string domain) =>
        domain.Any(char.IsUpper) ? "domains are written in lower case here" : domain.Contains('/') || domain.Any(char.IsControl) ? "this is no domain" : null;

    private static bool TryParseStoreId(
        ReadOnlySpan<byte> value, [MaybeNullWhen(false)] out string store, [NotNullWhen(false)] out string? problem)
    {
        if (!OperatorText.TryRead(value, out var text, out problem) || (problem = StoreId.Problem(text)) is not null)
        {
            store = null;
            return false;
        }

        store = text;
        return true;
    }
}
