using MailProxy.Routing.Consul.Model;

namespace MailProxy.Routing.Consul.Embedded.State;

/// <summary>The life of sessions.</summary>
internal static class SessionWrites
{
    /// <summary>The value of <see cref="SessionInfo.Behavior"/> that deletes the keys of a lost session.</summary>
    public const string DeleteBehavior = "delete";

    public static ClusterState Create(ClusterState state, SessionRecord session, DateTimeOffset now)
    {
        var info = session.Info with { CreateIndex = state.NextIndex, ModifyIndex = state.NextIndex };
        var record = (session with { Info = info }).Renewed(now);
        return (state with { Sessions = state.Sessions.SetItem(info.Id, record) }).Touch(new Topic(TopicKind.Session, info.Id));
    }

    public static ClusterState Renew(ClusterState state, SessionRecord session, DateTimeOffset now) =>
        state with { Sessions = state.Sessions.SetItem(session.Info.Id, session.Renewed(now)) };

    /// <summary>Ends a session, by will or by loss: its keys are released or deleted, and their lock delay begins.</summary>
    public static ClusterState End(ClusterState state, SessionRecord session, DateTimeOffset now)
    {
        var id = session.Info.Id;
        var next = (state with { Sessions = state.Sessions.Remove(id) }).Touch(new Topic(TopicKind.Session, id));
        foreach (var held in state.Kv.Entries.Values.Where(e => e.Session == id))
        {
            next = session.Info.Behavior == DeleteBehavior ? KvWrites.Delete(next, held.Key) : KvWrites.Release(next, held, id).Next;
            if (session.LockDelay > TimeSpan.Zero)
            {
                next = next with { LockDelays = next.LockDelays.SetItem(held.Key, now + session.LockDelay) };
            }
        }

        return next;
    }
}
