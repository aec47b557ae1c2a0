using System.Text;
using MailProxy.Routing.Consul.Client;
using MailProxy.Routing.Consul.LastGood;
using MailProxy.Routing.Consul.Model;
using MailProxy.Routing.Consul.Watch;
using MailProxy.Routing.Slots;
using MailProxy.Routing.Views;
using Microsoft.Extensions.Logging;

namespace MailProxy.Routing.Consul.Feed;

/// <summary>Feeds the slot table from its one key. Its loss would move every user it routes: it counts as the loss of many.</summary>
internal sealed class SlotFeed : IWatchSource<KvPair?>, IFeed
{
    private readonly FeedContext context;
    private readonly string key;
    private readonly DisappearanceGuard guard;
    private readonly BlockingWatch<KvPair?> watch;
    private SlotTable? known;
    private ulong warned;
    private bool loaded;
    private ulong applied;

    public SlotFeed(FeedContext context)
    {
        this.context = context;
        key = $"{context.Prefix}/slots";
        guard = new DisappearanceGuard(Name, context.Consul.Kv, context.Time, context.Logger);
        watch = new BlockingWatch<KvPair?>(this, context.Watch, context.Time, context.Random, context.Logger);
    }

    public string Name => "slots";

    public ViewParts Part => ViewParts.Slots;

    public bool IsConfirmed => watch.Status.IsConfirmed;

    /// <summary>ModifyIndex of the value that was applied last; 0: there is none.</summary>
    public ulong Applied => Volatile.Read(ref applied);

    public TimeSpan Age => watch.Status.Age;

    public IEnumerable<string> Problems => FeedProblems.Of(Name, watch.Status, guard.Doubt);

    public void Seed(SavedRouting saved)
    {
        if (saved.Slots is { } value && SlotTableParser.TryParse(Encoding.UTF8.GetBytes(value), out var table, out _))
        {
            known = table;
        }
    }

    public RoutingView FillIn(RoutingView view, TimeSpan age)
    {
        watch.Status.Assume(age);
        return Apply(view, Volatile.Read(ref known));
    }

    public void Save(SavedRouting saved) => saved.Slots = Volatile.Read(ref known) is { } table ? Encoding.UTF8.GetString(SlotTableText.Write(table)) : null;

    public Task RunAsync(CancellationToken cancellationToken) => watch.RunAsync(cancellationToken);

    public Task<ConsulAnswer<KvPair?>> ReadAsync(ConsulQuery query, CancellationToken cancellationToken) =>
        context.Consul.Kv.GetAsync(key, query, cancellationToken);

    public async ValueTask<WatchVerdict> TakeAsync(ConsulAnswer<KvPair?> answer, CancellationToken cancellationToken)
    {
        if (answer.Value is { } pair)
        {
            guard.Reset();
            if (Read(pair) is { } table)
            {
                Publish(table);
                Volatile.Write(ref applied, pair.ModifyIndex);
            }
            else if (!loaded)
            {
                Publish(known);
            }

            return WatchVerdict.Believed;
        }

        if (known is not null && !await guard.BelievesAsync(key, DisappearanceGuard.Many, nothingLeft: true, cancellationToken))
        {
            return WatchVerdict.Doubted;
        }

        Publish(null);
        return WatchVerdict.Believed;
    }

    private static RoutingView Apply(RoutingView view, SlotTable? table) => view with { Slots = table, Loaded = view.Loaded | ViewParts.Slots };


    private SlotTable? Read(KvPair pair)
    {
        if (SlotTableParser.TryParse(pair.Value, out var table, out var problem))
        {
            return table;
        }

        if (warned != pair.ModifyIndex)
        {
            warned = pair.ModifyIndex;
            context.Logger.LogWarning(
                "Consul key {Key} is ignored: {Problem}; {Consequence}",
                key, problem, known is null ? "no slots are in use" : "the last good table stays in force");
        }

        return null;
    }

    private void Publish(SlotTable? table)
    {
        if (loaded && Equals(known, table))
        {
            return;
        }

        Volatile.Write(ref known, table);
        loaded = true;
        context.Router.Publish(view => Apply(view, table), RouteChange.Anybody);
    }
}
