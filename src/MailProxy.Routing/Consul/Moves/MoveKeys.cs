namespace MailProxy.Routing.Consul.Moves;

/// <summary>The keys of moves and of live proxies.</summary>
internal sealed record MoveKeys(string Prefix)
{
    public string Moves => $"{Prefix}/moves/";

    public string Proxies => $"{Prefix}/proxies/";

    public string Move(string id) => Moves + id;

    public string Acks(string id) => $"{Moves}{id}/acks/";

    public string Ack(string id, string proxy) => Acks(id) + proxy;

    public string Proxy(string node) => Proxies + node;

    public string Slots => $"{Prefix}/slots";

    public string Pins => $"{Prefix}/users/";

    public string Plans => $"{Prefix}/plans/";

    public string Plan(string id) => Plans + id;

    public string StoreState(string store) => $"{Prefix}/stores/{store}";

    public string Pin(string user) => $"{Prefix}/users/{user}";
}
