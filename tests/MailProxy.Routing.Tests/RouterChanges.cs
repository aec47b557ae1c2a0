using MailProxy.Routing.Decisions;

namespace MailProxy.Routing.Tests;

/// <summary>Waits for a router to say something, by its own event.</summary>
internal static class RouterChanges
{
    // A bound for a broken build, not a pace: the event ends the wait.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    public static async Task<RouteDecision> WaitForAsync(this IRouter router, string user, Func<RouteDecision, bool> wanted, string? home = null)
    {
        await router.WaitUntilAsync(() => wanted(router.Route(user, home)));
        return router.Route(user, home);
    }

    public static async Task WaitUntilAsync(this IRouter router, Func<bool> condition)
    {
        var met = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        void Look()
        {
            if (condition())
            {
                met.TrySetResult();
            }
        }

        void OnChanged(RouteChange change) => Look();

        router.Changed += OnChanged;
        try
        {
            Look();
            await met.Task.WaitAsync(Limit);
        }
        finally
        {
            router.Changed -= OnChanged;
        }
    }
}
