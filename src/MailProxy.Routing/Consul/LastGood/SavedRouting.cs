using MailProxy.Routing.Consul.Model;

namespace MailProxy.Routing.Consul.LastGood;

/// <summary>A view as it is kept on disk: what Consul said last, in Consul's own words, so that it is read like any answer.</summary>
internal sealed record SavedRouting
{
    /// <summary>The one layout there is; a file of another one is not read.</summary>
    public const int CurrentLayout = 1;

    /// <summary>How it is laid out.</summary>
    public int Layout { get; init; } = CurrentLayout;

    /// <summary>First segment of the keys it was read from.</summary>
    public string Prefix { get; init => field = value ?? ""; } = "";

    /// <summary>The service whose instances the stores are.</summary>
    public string StoreService { get; init => field = value ?? ""; } = "";

    /// <summary>The datacenter that was asked; empty: the agent's own.</summary>
    public string Datacenter { get; init => field = value ?? ""; } = "";

    /// <summary>When Consul had last confirmed all of it.</summary>
    public DateTimeOffset ConfirmedAt { get; init; }

    /// <summary>Values by the part's name (<c>pins</c>, <c>domains</c>, <c>stores</c>), then by name below its folder.</summary>
    public Dictionary<string, Dictionary<string, string>> Maps { get; init => field = value ?? []; } = [];

    /// <summary>The value of the slot table's key; null: there was none.</summary>
    public string? Slots { get; set; }

    /// <summary>The stores' instances with their checks.</summary>
    public List<ServiceHealth> Stores { get; set => field = value ?? []; } = [];
}
