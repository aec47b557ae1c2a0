using MailProxy.Routing.Consul.LastGood;
using MailProxy.Routing.Static;

namespace MailProxy.Routing;

/// <summary>Where stores and routes come from.</summary>
public sealed class RoutingOptions
{
    /// <summary><c>consul</c> (the default) or <c>static</c>.</summary>
    public RoutingMode Mode { get; set; } = RoutingMode.Consul;

    /// <summary>For <c>static</c>: the stores. A user goes to the store that the directory names, or else to the first.</summary>
    public List<StaticStoreOptions> Stores { get; set; } = [];

    /// <summary>For <c>consul</c>: the last good view on disk.</summary>
    public LastGoodOptions LastGood { get; set; } = new();

    /// <summary>Every error, as <c>path: what to do</c>.</summary>
    public IEnumerable<string> Validate(string path)
    {
        if (Mode == RoutingMode.Consul)
        {
            return
            [
                .. Stores.Count == 0 ? Array.Empty<string>() : [$"{path}:Stores: stores come from Consul; set {path}:Mode to static, or take them out here."],
                .. LastGood.Validate($"{path}:LastGood"),
            ];
        }

        if (Stores.Count == 0)
        {
            return [$"{path}:Stores: routing is static, so name at least one store."];
        }

        var twice = Stores.GroupBy(store => store.Id, StringComparer.Ordinal).Where(group => group.Count() > 1).Select(group => $"{path}:Stores: '{group.Key}' is named twice.");
        return [.. Stores.SelectMany((store, index) => store.Validate($"{path}:Stores:{index}")), .. twice];
    }
}
