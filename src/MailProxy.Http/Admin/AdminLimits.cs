namespace MailProxy.Http.Admin;

/// <summary>Bounds of the admin API that its clients keep to as well.</summary>
public static class AdminLimits
{
    /// <summary>The longest drain, in seconds: one that takes longer than a day is a forgotten one.</summary>
    public const int MostDrainSeconds = 86_400;
}
