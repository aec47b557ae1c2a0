namespace MailProxy.Proxy.Connect;

/// <summary>Hears that a store has greeted as it should: before that its address is to blame for what goes wrong, and another may be tried.</summary>
internal interface IGreetingListener
{
    /// <summary>The greeting was read.</summary>
    void Greeted();
}
